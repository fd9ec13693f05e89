"""Reduce first, cut after so many days: where a system can, who still owes is slower before he is cut."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from amate.billing_cycle.collection.cuts import who_would_be_cut
from amate.billing_cycle.collection.reassess import reassess_customers
from amate.billing_cycle.collection.served import Serve, answer_for
from amate.billing_cycle.collection.suspend import LastLook, Spared
from amate.billing_cycle.service.hold import hold_service
from amate.billing_cycle.service.keep_driver import Driver, add_driver
from amate.billing_cycle.service.lift import lift_holds
from amate.billing_cycle.service.models import CutDecision, Hold, Reason, Service, Switch
from amate.companies.models import BillingPolicy
from amate.customers.models import Customer
from amate.ledger.models import Receivable
from tests.billing_cycle.collection.evening import Evening, text_of
from tests.billing_cycle.collection.test_suspend import CUT as FIRST
from tests.billing_cycle.collection.test_suspend import Debtor, of
from tests.fake_router import PASSWORD, USER, Box, serve_api
from tests.ledger.hands import DAY, at
from tests.world import World

CUT = date(2026, 3, 19)  # Thursday, so three days later is a Sunday
MONDAY = date(2026, 3, 23)
LIST = "/ip/firewall/address-list"


@pytest.fixture(scope="module")
def _served() -> Iterator[tuple[Box, int]]:
    box = Box()
    with serve_api(box) as port:
        yield box, port


@pytest.fixture
def box(_served: tuple[Box, int], settings: Any) -> Box:
    settings.PRIVATE_SWITCH_HOSTS = ["127.0.0.1"]
    _served[0].reset()
    return _served[0]


@pytest.fixture
def port(_served: tuple[Box, int]) -> int:
    return _served[1]


@pytest.fixture
def evening(world: World) -> Evening:
    return Evening(world)


def router(evening: Evening, port: int) -> None:
    terms = {"user": USER, "by": "list", "list_name": "morosos", "slow_list": "lentos", "fingerprint": ""}
    said = Driver(Switch.ROUTEROS, "Torre", f"api://127.0.0.1:{port}", terms, PASSWORD)
    evening.scoped(lambda: add_driver(said=said, wish="a" * 32, now=at(DAY)))


def on(box: Box) -> set[str]:
    """The lists that the router acts by."""
    return {row["list"] for row in box.tables[LIST] if row["disabled"] == "false"}


def comes_back(evening: Evening, who: Customer) -> None:
    evening.pays(who)
    facts: dict[str, Any] = {"today": evening.day, "now": evening.world.now()}
    evening.scoped(lambda: reassess_customers(customer_ids=[who.pk], **facts))
    evening.world.settle()


def subjects(mails: list[Any]) -> str:
    return " / ".join(str(one["Subject"]) for one in mails)


def test_he_is_slower_first_and_cut_on_a_day_of_cuts_after(evening: Evening, box: Box, port: int) -> None:
    evening.policy(reduced_days=3)
    router(evening, port)
    who = evening.debtor()
    [warning] = [one for one in evening.beat(date(2026, 3, 17)) if "Último aviso" in str(one["Subject"])]
    assert "va más lento desde el" in str(warning["Subject"])
    assert "va más lento desde el jueves 19 de marzo, y después se suspende" in text_of(warning)
    told = evening.beat(CUT)
    assert (evening.desired(who), on(box)) == ("limited", {"lentos"})
    [letter] = [one for one in told if "más lento" in str(one["Subject"])]
    assert "Desde el 22 mar 2026 se suspende" in text_of(letter)
    assert "se suspendió" not in text_of(letter)
    answer = evening.scoped(lambda: answer_for(who.pk, today=CUT))
    assert answer.serve == Serve.PARTLY
    evening.beat(date(2026, 3, 20))
    assert evening.desired(who) == "limited"
    assert [one.customer_id for one in evening.scoped(lambda: who_would_be_cut(on=MONDAY))] == [who.pk]
    told = evening.beat(MONDAY)
    assert (evening.desired(who), on(box)) == ("suspended", {"morosos"})
    assert "suspendió" in subjects(told)
    evening.beat(MONDAY, 12)
    assert evening.scoped(CutDecision.objects.count) == 1, "it is one decision, in two steps"
    holds = evening.scoped(lambda: list(Hold.objects.order_by("id").values_list("slower_until", "lifted_because")))
    assert holds == [(date(2026, 3, 22), "Pasaron los días de servicio más lento."), (None, "")]
    comes_back(evening, who)
    assert (evening.desired(who), on(box)) == ("active", set())


def test_who_pays_while_he_is_slower_comes_back_and_nothing_was_reconnected(
    evening: Evening, box: Box, port: int
) -> None:
    evening.policy(reduced_days=3, reconnect_fee=Decimal("100"))
    router(evening, port)
    who = evening.debtor()
    evening.beat(date(2026, 3, 17))
    evening.beat(CUT)
    comes_back(evening, who)
    assert (evening.desired(who), on(box)) == ("active", set())
    assert evening.scoped(lambda: Receivable.objects.filter(customer=who).count()) == 1
    evening.beat(MONDAY)
    assert evening.desired(who) == "active"


def test_where_a_system_cannot_he_is_cut_at_once(evening: Evening) -> None:
    evening.policy(reduced_days=3)
    who = evening.debtor()
    evening.beat(date(2026, 3, 17))
    evening.beat(CUT)
    assert evening.desired(who) == "suspended"


def test_the_later_step_is_spared_as_the_first_one_is(world: World) -> None:
    def story() -> None:
        BillingPolicy.objects.create(effective_from=date(2020, 1, 1), reduced_days=3)
        one = Debtor()
        one.line.switch.kind = Switch.ROUTEROS
        one.line.switch.terms = {"by": "list", "list_name": "morosos", "slow_list": "lentos", "user": "amate"}
        one.line.switch.save()
        assert of(one) == "cut"  # Tuesday 17
        assert wanted(one) == "limited"
        assert of(one, day=date(2026, 3, 19)) == Spared.STANDS_WELL, "its days are not over"
        assert of(one, day=date(2026, 3, 20)) == Spared.NOT_TODAY  # a Friday
        away = LastLook(answered=False, money_on_its_way=False)
        assert of(one, day=MONDAY, look=away) == Spared.NOBODY_ANSWERED
        assert of(one, day=MONDAY, hour=8) == Spared.NOT_NOW
        facts: dict[str, Any] = {"by": "ana", "today": FIRST, "now": at(FIRST)}
        service = Service.objects.get(pk=one.line.pk)
        hold_service(service=service, reason=Reason.ABUSE, decision=None, note="x", **facts)
        assert wanted(one) == "suspended", "another reason asks for more"
        lift_holds(customer_id=one.who.pk, reason=Reason.ABUSE, because="ya", **facts)
        assert wanted(one) == "limited"
        assert of(one, day=MONDAY) == "cut"
        assert wanted(one) == "suspended"
        assert of(one, day=MONDAY) == Spared.STANDS_WELL
        assert CutDecision.objects.count() == 1

    world.scoped(story)


def wanted(one: Debtor) -> str:
    found: str = Service.objects.get(pk=one.line.pk).desired
    return found
