"""The only act that cuts: who may be cut at this moment, and everything that spares somebody."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from amate.billing_cycle.collection.fuse import most_cuts
from amate.billing_cycle.collection.models import Exemption, Notice
from amate.billing_cycle.collection.suspend import LastLook, Spared, suspend_customers
from amate.billing_cycle.service.accounts import keep_switch
from amate.billing_cycle.service.models import CutDecision, Hold, Service, SwitchAccount
from amate.customers.models import Customer
from amate.ledger.models import Receivable
from tests.ledger.hands import DAY, at, charged, customer, pays
from tests.world import World

# Due on 2026-03-11, so grace ends on the 16th: Tuesday the 17th is the first day of a cut.
CUT = date(2026, 3, 17)
GOOD = LastLook(answered=True, money_on_its_way=False, asked=("conekta:1",))


class Debtor:
    """Owes 599.00, with a line that serves him."""

    def __init__(self, *, warned: date | None = CUT - timedelta(days=2), source: str = "p:1") -> None:
        self.who: Customer = customer(f"Rosa Pérez {source}")
        self.debt: Receivable = charged(self.who, source, "599.00")
        switch = SwitchAccount.objects.first()
        if switch is None:
            switch, _ = keep_switch(name="Red", url="https://red.example/", observe_url="", now=at(DAY))
        self.line = Service.objects.create(
            customer=self.who, switch=switch, external_id=source, name="Casa", changed_at=at(DAY), created_at=at(DAY)
        )
        if warned is not None:
            self.warn(warned)

    def warn(self, day: date, *, state: str = "sent") -> None:
        Notice.objects.create(
            customer=self.who,
            receivable=self.debt,
            step="last",
            channel="mail",
            last_warning=True,
            state=state,
            day=day,
            claimed_at=at(day),
            settled_on=day,
            names_cut_on=CUT,
        )


def run(*debtors: Debtor, day: date = CUT, hour: int = 10, look: LastLook = GOOD) -> dict[int, Any]:
    """What became of each: "cut", or why not."""
    now = datetime.combine(day, time(hour + 6), tzinfo=UTC)  # central Mexico
    cuts, spared = suspend_customers(looks=dict.fromkeys([one.who.pk for one in debtors], look), today=day, now=now)
    return {**spared, **dict.fromkeys([one.customer_id for one in cuts], "cut")}


def of(debtor: Debtor, **said: Any) -> Any:
    return run(debtor, **said)[debtor.who.pk]


def test_a_cut_is_written_with_its_debts_rule_day_and_warning(world: World) -> None:
    def story() -> None:
        one = Debtor()
        assert of(one) == "cut"
        [why] = CutDecision.objects.all()
        assert (why.receivable_ids, why.overdue, why.day) == ([one.debt.pk], Decimal("599.00"), CUT)
        assert (why.oldest_due, why.warned_on) == (one.debt.due_on, CUT - timedelta(days=2))
        assert why.rule["grace_days"] == 5
        assert why.last_look["asked"] == ["conekta:1"]
        assert [hold.reason for hold in Hold.objects.open()] == ["nonpayment"]
        assert Service.objects.get(pk=one.line.pk).desired == "suspended"
        assert of(one) == Spared.STANDS_WELL  # he is cut already: asked again, nothing more is written
        assert CutDecision.objects.count() == 1

    world.scoped(story)


def test_who_paid_a_moment_ago_is_not_cut(world: World) -> None:
    def story() -> None:
        one, other = Debtor(), Debtor(source="p:2")
        pays(one.who, "ox-1", "599.00", day=CUT)
        assert run(one, other) == {one.who.pk: Spared.STANDS_WELL, other.who.pk: "cut"}

    world.scoped(story)


@pytest.mark.parametrize(
    ("look", "spared"),
    [
        (LastLook(answered=False, money_on_its_way=False), Spared.NOBODY_ANSWERED),
        (LastLook(answered=True, money_on_its_way=True), Spared.MONEY_ON_ITS_WAY),
    ],
    ids=["provider-away", "money-coming"],
)
def test_the_last_look_spares(world: World, look: LastLook, spared: Spared) -> None:
    def story() -> None:
        assert of(Debtor(), look=look) == spared
        assert not CutDecision.objects.exists()

    world.scoped(story)


def test_nobody_is_cut_without_a_warning_that_left_in_time(world: World) -> None:
    def story() -> None:
        unwarned, late, lost = (
            Debtor(warned=None),
            Debtor(warned=CUT - timedelta(days=1), source="p:2"),
            Debtor(warned=None, source="p:3"),
        )
        lost.warn(CUT - timedelta(days=3), state="unknown")
        assert run(unwarned, late, lost) == {
            unwarned.who.pk: Spared.NOT_WARNED,
            late.who.pk: Spared.NOT_TODAY,
            lost.who.pk: Spared.NOT_WARNED,
        }
        assert of(late, day=CUT + timedelta(days=1)) == "cut"

    world.scoped(story)


def test_cuts_keep_to_their_days_and_hours(world: World) -> None:
    def story() -> None:
        one = Debtor()
        assert (
            of(one, day=CUT - timedelta(days=1)) == Spared.STANDS_WELL
        )  # the last day of grace, and a holiday besides
        assert of(one, hour=8) == Spared.NOT_NOW
        assert of(one, hour=14) == Spared.NOT_NOW
        assert of(one, day=date(2026, 3, 20)) == Spared.NOT_TODAY  # a Friday
        assert of(one, hour=13) == "cut"

    world.scoped(story)


def test_an_exemption_spares_whatever_is_owed(world: World) -> None:
    def story() -> None:
        one = Debtor()
        Exemption.objects.create(customer=one.who, until=CUT, why="Hospital", by="ana", created_at=at(CUT))
        assert of(one) == Spared.STANDS_WELL

    world.scoped(story)


def test_the_fuse_counts_customers_of_thirty_days(world: World) -> None:
    def story() -> None:
        assert most_cuts(CUT) == 10
        for number in range(3):
            assert of(Debtor(source=f"p:{number}")) == "cut"
        assert most_cuts(CUT) == 7
        assert most_cuts(CUT + timedelta(days=1)) == 10

    world.scoped(story)
