"""Two rows of one customer become one: what he has pays what he owes, and what was cut for it comes back."""

from decimal import Decimal

from amate.billing_cycle.collection.join import join_customers
from amate.companies.billing_policy import BillingPolicy
from amate.customers.merge import plan_merge
from amate.customers.models import Customer
from amate.worker.invariants.credit_pays_debt import look
from tests.billing_cycle.collection.test_reassess import CUT, Cut
from tests.ledger.hands import DAY, at, balance, customer, pays
from tests.web.office.desk import Office
from tests.web.office.test_imports import post
from tests.world import World


def join(kept: Customer, merged: Customer) -> None:
    seen = plan_merge(kept=kept, merged=merged, sat_changed_rfc=False).seen
    join_customers(kept_id=kept.pk, merged_id=merged.pk, sat_changed_rfc=False, seen=seen, now=at(CUT))


def test_the_credit_of_one_pays_the_debt_of_the_other_and_his_line_comes_back(world: World) -> None:
    def story() -> None:
        cut, payer = Cut(), customer("Rosa P")
        pays(payer, "ox-1", "600.00", day=CUT)
        join(payer, cut.who)
        cut.debt.refresh_from_db()
        assert (cut.debt.settled_on, balance(payer, CUT), cut.held) == (CUT, Decimal(-1), False)
        assert look(known=(), after=0, at_most=100).broken == []

    world.scoped(story)


def test_it_does_not_where_the_companys_rules_leave_credit_alone(world: World) -> None:
    def story() -> None:
        BillingPolicy.objects.create(effective_from=DAY, applies_credit=False)
        cut, payer = Cut(), customer("Rosa P")
        pays(payer, "ox-1", "600.00", day=CUT)
        join(payer, cut.who)
        cut.debt.refresh_from_db()
        assert (cut.debt.settled_on, cut.held) == (None, True)

    world.scoped(story)


def test_staff_who_merge_two_leave_no_credit_beside_a_debt(world: World) -> None:
    def story() -> tuple[Cut, Customer]:
        cut, payer = Cut(), customer("Rosa P")
        pays(payer, "ox-1", "600.00", day=DAY)
        return cut, payer

    cut, payer = world.scoped(story)
    seen = world.scoped(lambda: plan_merge(kept=payer, merged=cut.who, sat_changed_rfc=False).seen)
    assert post(Office(world), f"clientes/{payer.pk}/unir/{cut.who.pk}/", {"visto": seen}).status_code == 302
    world.scoped(cut.debt.refresh_from_db)
    assert (cut.debt.customer_id, cut.debt.settled_on is None, world.scoped(lambda: cut.held)) == (
        payer.pk,
        False,
        False,
    )
