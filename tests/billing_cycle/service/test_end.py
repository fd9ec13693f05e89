"""A service ends with its subscription or by a person, and its name is free once the other side turned it off."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from amate.audit.models import Entry
from amate.billing_cycle.service.add import NameInUse, add_service
from amate.billing_cycle.service.lift import lift_holds
from amate.billing_cycle.service.models import Hold, Reason, Service
from amate.billing_cycle.subscriptions.models import Subscription, SubscriptionState
from amate.billing_cycle.subscriptions.stop import stop
from amate.companies.day import day_of
from amate.customers.models import Customer
from amate.worker.of_a_day import OF_A_DAY
from tests.billing_cycle.service.test_holds import Line
from tests.billing_cycle.subscriptions.wheel import Wheel
from tests.ledger.hands import customer
from tests.outside_servers import SwitchServer, serve_switch
from tests.web.portal.buyer import words
from tests.world import World


@pytest.fixture(scope="module")
def _served() -> Iterator[SwitchServer]:
    with serve_switch() as server:
        yield server


@pytest.fixture
def line(world: World, _served: SwitchServer, settings: Any) -> Line:
    _served.admin("POST", "reset")
    settings.PRIVATE_SWITCH_HOSTS = ["127.0.0.1"]
    return Line(world, _served)


def beat(world: World) -> None:
    world.scoped(lambda: OF_A_DAY["services"](world.now()))
    world.settle()


def subscribed(line: Line, **said: object) -> tuple[Wheel, Subscription, date]:
    world = line.world
    wheel, today = Wheel(world), world.scoped(lambda: day_of(world.now()))
    who = world.scoped(lambda: Customer.objects.get(pk=line.service.customer_id))
    one = wheel.subscribe(who, wheel.plan(), today.isoformat(), **said)
    world.scoped(lambda: Service.objects.filter(pk=line.service.pk).update(subscription=one))
    return wheel, one, today


def now_of(line: Line) -> Service:
    return line.world.scoped(lambda: Service.objects.get(pk=line.service.pk))


def test_it_is_turned_off_the_day_its_subscription_ends_and_not_before(line: Line) -> None:
    world = line.world
    wheel, one, today = subscribed(line)
    wheel.bill(today.isoformat())
    beat(world)
    last = today + timedelta(days=10)

    def goes() -> None:
        stop(subscription_id=one.pk, on=last, reason="Se muda", today=today, now=world.now())

    # the office says so before it is done
    office = world.log_in()
    path = f"{world.shop.office}suscripciones/{one.pk}/baja/"
    page = words(world.inside(lambda: office.get(path)))
    version = page.partition('name="version" value="')[2].partition('"')[0]
    said = {
        "version": version,
        "when": "day",
        "last_day": (last - timedelta(days=1)).isoformat(),
        "reason": "x",
        "ver": "1",
    }
    page = words(world.inside(lambda: office.post(path, said)))
    assert "Ese día se apaga: Internet." in page
    assert "son de días sin servicio" in page

    world.scoped(goes)
    beat(world)
    assert (now_of(line).desired, now_of(line).ended_at) == ("active", None)
    line.time_passes(days=10)
    beat(world)
    assert line.switch.services()["svc-1"]["state"] == "suspended"
    beat(world)
    ended = now_of(line)
    assert ended.ended_at is not None
    acts = world.scoped(
        lambda: list(Entry.objects.filter(about=f"service:{ended.pk}").order_by("id").values_list("act", flat=True))
    )
    assert acts[-2:] == ["service.held", "service.ended"]
    again = world.scoped(
        lambda: add_service(
            customer_id=customer("Otra").pk, subscription_id=None, switch=ended.switch, external_id="svc-1", name="Internet",
            now=world.now(),
        )
    )  # fmt: skip
    assert again.gen > ended.gen


def test_one_of_so_many_periods_is_served_to_the_end_of_the_last(line: Line) -> None:
    world = line.world
    wheel, one, today = subscribed(line, cycles=1)
    wheel.bill(today.isoformat())

    def ends() -> date:
        row = Subscription.objects.get(pk=one.pk)
        if row.state == SubscriptionState.ACTIVE:  # over for whoever bills, as it is when its last period was billed
            row.move_to(SubscriptionState.ENDED, state_since=world.now(), next_on=None)
        return row.periods.get().ends_on

    ends_on = world.scoped(ends)
    beat(world)
    assert now_of(line).desired == "active"
    line.time_passes(days=(ends_on - today).days)
    beat(world)
    assert now_of(line).desired == "suspended"


def test_a_person_ends_it_and_money_does_not_bring_it_back(line: Line) -> None:
    world, office = line.world, line.world.log_in()
    path = f"{world.shop.office}servicios/{line.service.pk}/"
    beat(world)
    assert "Darlo de baja" in words(world.inside(lambda: office.get(path)))
    assert world.inside(lambda: office.post(f"{path}baja/", {"baja": " "})).status_code == 422
    assert world.inside(lambda: office.post(f"{path}baja/", {"baja": "Se mudó"})).status_code == 302
    assert "Ya se estaba dando de baja" in words(
        world.inside(lambda: office.post(f"{path}baja/", {"baja": "Otra vez"}, follow=True))
    )

    def paid() -> int:
        today = day_of(world.now())
        facts = {"by": "x", "because": "pagó", "today": today, "now": world.now()}
        return len(lift_holds(customer_id=line.service.customer_id, reason=Reason.NONPAYMENT, **facts))

    assert world.scoped(paid) == 0
    with pytest.raises(NameInUse):  # until the other side turned it off
        world.scoped(
            lambda: add_service(
                customer_id=line.service.customer_id, subscription_id=None, switch=line.service.switch,
                external_id="svc-1", name="x", now=world.now(),
            )
        )  # fmt: skip
    world.settle()
    beat(world)
    assert now_of(line).ended_at is not None
    assert [one.note for one in world.scoped(lambda: list(Hold.objects.all()))] == ["Se mudó"]
    page = words(world.inside(lambda: office.get(path)))
    assert "Dado de baja" in page
    assert "Darlo de baja" not in page
    assert world.inside(lambda: office.post(f"{path}baja/", {"baja": "x"})).status_code == 422
