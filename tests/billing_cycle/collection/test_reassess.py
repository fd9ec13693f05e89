"""Anything may lift: in the same commit as its cause."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from amate.billing_cycle.collection.models import PromiseToPay
from amate.billing_cycle.collection.promise_to_pay import NotPromised, promise_to_pay
from amate.billing_cycle.collection.reassess import reassess_customers
from amate.billing_cycle.collection.rules import Standing
from amate.billing_cycle.service.accounts import keep_switch
from amate.billing_cycle.service.hold import hold_service
from amate.billing_cycle.service.models import CutDecision, Hold, Reason, Service
from amate.customers.models import Customer
from tests.ledger.hands import DAY, at, charged, customer, pays
from tests.world import World

CUT = DAY + timedelta(days=20)


class Cut:
    """Somebody who owes 599.00 since long, and whose line is cut for it."""

    def __init__(self) -> None:
        self.who: Customer = customer()
        self.debt = charged(self.who, "p:1", "599.00")
        account, _ = keep_switch(name="Red", url="https://red.example/", observe_url="", now=at(DAY))
        self.line = Service.objects.create(
            customer=self.who, switch=account, external_id="svc-1", name="Casa", changed_at=at(DAY), created_at=at(DAY)
        )
        decision = CutDecision.objects.create(
            customer=self.who,
            day=CUT,
            rule={},
            receivable_ids=[self.debt.pk],
            overdue=Decimal("599.00"),
            oldest_due=self.debt.due_on,
            warned_on=CUT - timedelta(days=3),
            last_look={},
            created_at=at(CUT),
        )
        facts: dict[str, Any] = {"by": "amate", "note": "", "today": CUT, "now": at(CUT)}
        hold_service(service=self.line, reason=Reason.NONPAYMENT, decision=decision, **facts)

    def stands(self, day: date = CUT) -> Standing:
        return reassess_customers(customer_ids=[self.who.pk], today=day, now=at(day))[self.who.pk].standing

    @property
    def held(self) -> bool:
        return Hold.objects.open().filter(service=self.line).exists()

    def word(
        self,
        until: date,
        *,
        by_staff: bool = False,
        beyond_limit: bool = False,
        amount: str = "599.00",
        hour: timedelta = timedelta(),
    ) -> PromiseToPay:
        facts: dict[str, Any] = {"by": "rosa", "today": CUT, "now": at(CUT) + hour}
        facts |= {"by_staff": by_staff, "beyond_limit": beyond_limit}
        return promise_to_pay(customer_id=self.who.pk, amount=Decimal(amount), until=until, **facts)


@pytest.fixture
def scoped(world: World) -> Any:
    return world.scoped


def test_who_owes_stays_cut_and_who_paid_is_wanted_again(scoped: Any) -> None:
    def story() -> None:
        cut = Cut()
        assert (cut.stands(), cut.held) == (Standing.SUSPENDED, True)
        pays(cut.who, "ox-1", "599.00", day=CUT)
        assert (cut.stands(), cut.held) == (Standing.CURRENT, False)
        line = Service.objects.get(pk=cut.line.pk)
        assert (line.desired, line.gen) == ("active", 3)
        assert cut.stands() == Standing.CURRENT  # asked again, nothing more happens
        assert Service.objects.get(pk=cut.line.pk).gen == 3

    scoped(story)


def test_a_promise_gives_the_service_back_and_a_broken_one_does_not_cut(scoped: Any) -> None:
    def story() -> None:
        cut = Cut()
        word = cut.word(CUT + timedelta(days=5))
        assert not cut.held
        assert cut.stands(CUT + timedelta(days=5)) == Standing.PROMISED
        assert cut.stands(CUT + timedelta(days=6)) == Standing.SUSPENDABLE
        assert (PromiseToPay.objects.get(pk=word.pk).state, cut.held) == ("broken", False)

    scoped(story)


def test_a_promise_is_kept_by_what_was_promised(scoped: Any) -> None:
    def story() -> None:
        cut = Cut()
        word = cut.word(CUT + timedelta(days=5), amount="300.00")
        pays(cut.who, "ox-1", "300.00", day=CUT)
        cut.stands()
        assert PromiseToPay.objects.get(pk=word.pk).state == "kept"

    scoped(story)


def test_what_came_before_the_word_does_not_keep_it(scoped: Any) -> None:
    def story() -> None:
        cut = Cut()
        pays(cut.who, "ox-1", "300.00", day=CUT)
        word = cut.word(CUT + timedelta(days=5), amount="299.00", hour=timedelta(hours=2))
        assert (cut.stands(), PromiseToPay.objects.get(pk=word.pk).state) == (Standing.PROMISED, "open")
        pays(cut.who, "ox-2", "299.00", day=CUT + timedelta(days=1))
        cut.stands(CUT + timedelta(days=1))
        assert PromiseToPay.objects.get(pk=word.pk).state == "kept"

    scoped(story)


def test_promises_have_limits_that_staff_may_pass(scoped: Any) -> None:
    def story() -> None:
        cut = Cut()
        with pytest.raises(NotPromised, match="hasta dentro de 7 días"):
            cut.word(CUT + timedelta(days=8))
        with pytest.raises(NotPromised, match="hasta dentro de 7 días"):
            cut.word(CUT + timedelta(days=8), by_staff=True)
        with pytest.raises(NotPromised, match="hasta dentro de 365 días"):
            cut.word(date.max, by_staff=True, beyond_limit=True)
        cut.word(CUT + timedelta(days=30), by_staff=True, beyond_limit=True)
        with pytest.raises(NotPromised, match="Ya hay una promesa vigente"):
            cut.word(CUT)

    scoped(story)


@pytest.mark.parametrize(
    ("amount", "why"),
    [("1e30", "demasiado grande"), ("0.001", "pesos y centavos"), ("0", "cuánto"), ("NaN", "cuánto")],
)
def test_a_promise_of_no_amount_of_money_is_refused_in_words(scoped: Any, amount: str, why: str) -> None:
    def story() -> None:
        cut = Cut()
        with pytest.raises(NotPromised, match=why):
            cut.word(CUT, amount=amount, by_staff=True)
        assert not PromiseToPay.objects.exists()

    scoped(story)
