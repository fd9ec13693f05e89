"""What is wanted of a service follows from its holds, and the other side ends as we want it."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from amate.billing_cycle.service.accounts import keep_switch
from amate.billing_cycle.service.add import NameInUse, add_service
from amate.billing_cycle.service.hold import CannotHold, hold_service
from amate.billing_cycle.service.lift import lift_holds
from amate.billing_cycle.service.models import CutDecision, Hold, Order, Reason, Service, SwitchAccount
from amate.billing_cycle.service.want import owe_what_is_left
from amate.companies.day import day_of
from tests.ledger.hands import customer
from tests.outside_servers import NOON, SwitchServer, serve_switch
from tests.world import World


@pytest.fixture(scope="module")
def _served() -> Iterator[SwitchServer]:
    with serve_switch() as server:
        yield server


class Line:
    """One customer's line, in a system that is told by signed notices."""

    def __init__(self, world: World, switch: SwitchServer) -> None:
        self.world, self.switch = world, switch
        switch.admin("POST", "clock", {"advance": (world.now() - NOON).total_seconds()})
        self.service: Service = world.scoped(self._make)

    def _make(self) -> Service:
        now = self.world.now()
        account, _ = keep_switch(name="Red", url=self.switch.account().url, observe_url="", now=now)
        from amate.billing_cycle.service.accounts import KEY
        from amate.companies.secrets import seal

        account.secret = seal(self.switch.account().keys[0].encode(), field=KEY)
        account.save()
        return Service.objects.create(
            customer=customer(), switch=account, external_id="svc-1", name="Internet", changed_at=now, created_at=now
        )

    def hold(self, reason: Reason, decision: CutDecision | None = None) -> bool:
        now = self.world.now()
        service = Service.objects.get(pk=self.service.pk)
        return hold_service(
            service=service, reason=reason, decision=decision, by="ana", note="", today=day_of(now), now=now
        )

    def lift(self, reason: Reason) -> int:
        now = self.world.now()
        facts: dict[str, Any] = {"by": "ana", "because": "pagó", "today": day_of(now), "now": now}
        return len(lift_holds(customer_id=self.service.customer_id, reason=reason, **facts))

    def decision(self, *, overdue: str = "599.00") -> CutDecision:
        today = day_of(self.world.now())
        return CutDecision.objects.create(
            customer_id=self.service.customer_id,
            day=today,
            rule={"grace_days": 5},
            receivable_ids=[1],
            overdue=Decimal(overdue),
            oldest_due=today - timedelta(days=9),
            warned_on=today - timedelta(days=3),
            last_look={},
            created_at=self.world.now(),
        )

    def time_passes(self, **how_long: float) -> None:
        self.world.time_passes(**how_long)
        self.switch.admin("POST", "clock", {"advance": timedelta(**how_long).total_seconds()})

    def seen(self) -> dict[str, Any]:
        return dict(self.switch.services().get("svc-1", {}))


@pytest.fixture
def line(world: World, _served: SwitchServer, settings: Any) -> Line:
    _served.admin("POST", "reset")
    settings.PRIVATE_SWITCH_HOSTS = ["127.0.0.1"]
    return Line(world, _served)


def test_a_hold_cuts_and_its_end_gives_the_service_back(line: Line) -> None:
    assert line.world.scoped(lambda: line.hold(Reason.ADMIN))
    line.world.settle()
    assert line.seen() == {"state": "suspended", "gen": 2}
    assert line.world.scoped(lambda: line.lift(Reason.ADMIN)) == 1
    line.world.settle()
    assert line.seen() == {"state": "active", "gen": 3}
    service = line.world.scoped(lambda: Service.objects.get(pk=line.service.pk))
    assert (service.actual, service.actual_gen, service.gen) == ("active", 3, 3)
    assert line.world.scoped(lambda: Order.objects.filter(went_well=True).count()) == 2


def test_a_payment_lifts_nothing_but_its_own_reason(line: Line) -> None:
    def both() -> None:
        line.hold(Reason.NONPAYMENT, line.decision())
        line.hold(Reason.ABUSE)

    line.world.scoped(both)
    assert line.world.scoped(lambda: line.lift(Reason.NONPAYMENT)) == 1
    line.world.settle()
    assert line.seen()["state"] == "suspended"


def test_one_reason_holds_once(line: Line) -> None:
    assert line.world.scoped(lambda: line.hold(Reason.ADMIN))
    assert not line.world.scoped(lambda: line.hold(Reason.ADMIN))
    assert line.world.scoped(Hold.objects.count) == 1


def test_no_cut_for_nonpayment_without_its_decision(line: Line) -> None:
    with pytest.raises(CannotHold):
        line.world.scoped(lambda: line.hold(Reason.NONPAYMENT))

    def by_hand() -> None:
        now = line.world.now()
        with transaction.atomic():
            Hold.objects.create(
                service=line.service, reason="nonpayment", opened_on=day_of(now), opened_at=now, opened_by="x"
            )

    with pytest.raises(IntegrityError, match="hold_has_decision"):
        line.world.scoped(by_hand)


def test_a_decision_without_an_overdue_debt_cannot_be_written(line: Line) -> None:
    with pytest.raises(IntegrityError, match="cut_of_a_debt"):
        line.world.scoped(lambda: line.decision(overdue="0.00"))


def test_while_the_other_side_is_down_the_newest_wish_waits(line: Line) -> None:
    line.switch.admin("PUT", "moods", {"down": 1.0})
    line.world.scoped(lambda: line.hold(Reason.ADMIN))
    line.world.settle()
    assert line.seen() == {}
    line.world.scoped(lambda: line.lift(Reason.ADMIN))
    line.switch.admin("PUT", "moods", {"down": 0.0})
    line.time_passes(hours=1)
    line.world.settle()
    assert line.seen() == {"state": "active", "gen": 3}


def test_what_is_wanted_is_judged_anew_whatever_was_read_before(line: Line) -> None:
    def story() -> None:
        stale = Service.objects.get(pk=line.service.pk)
        line.hold(Reason.ADMIN)
        line.lift(Reason.ADMIN)
        now = line.world.now()
        hold_service(service=stale, reason=Reason.ABUSE, decision=None, by="ana", note="", today=day_of(now), now=now)

    line.world.scoped(story)
    line.world.settle()
    assert line.seen() == {"state": "suspended", "gen": 4}


def test_a_system_that_was_turned_on_again_hears_what_it_missed(line: Line) -> None:
    line.world.scoped(lambda: SwitchAccount.objects.update(disabled_at=line.world.now()))
    line.world.scoped(lambda: line.hold(Reason.ADMIN))
    line.world.settle()
    assert line.seen() == {}
    line.world.scoped(lambda: SwitchAccount.objects.update(disabled_at=None))
    assert line.world.scoped(lambda: owe_what_is_left(now=line.world.now())) == 1
    assert line.world.scoped(lambda: owe_what_is_left(now=line.world.now())) == 0
    line.world.settle()
    assert line.seen() == {"state": "suspended", "gen": 2}


def test_a_name_that_is_used_again_goes_on_with_its_numbers(line: Line) -> None:
    facts: dict[str, Any] = {"subscription_id": None, "external_id": "svc-1", "name": "Otra", "now": line.world.now()}

    def add() -> Service:
        return add_service(customer_id=line.service.customer_id, switch=line.service.switch, **facts)

    with pytest.raises(NameInUse):
        line.world.scoped(add)
    line.world.scoped(lambda: line.hold(Reason.ADMIN))
    line.world.scoped(lambda: Service.objects.update(ended_at=line.world.now()))
    assert line.world.scoped(add).gen == 3
