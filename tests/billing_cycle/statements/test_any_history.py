"""Any order of charges, payments, mistakes and their mending, told of at any time: each statement closes with what an oracle
that shares no code says was owed, goes on from the one before, and is found again just as it was."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from amate.billing_cycle.statements.compose import compose_statements
from amate.billing_cycle.statements.models import Statement
from amate.billing_cycle.statements.told import digest_of, told_of
from amate.worker.invariants.statements_go_on import look
from tests.ledger.test_machine import Wheel, pesos
from tests.world import World


class Telling(Wheel):
    """The ledger's own laws are proved by its own machine; here they would only take time."""

    every_entry_sums_to_zero = every_debt_and_payment_is_as_it_was_told = None
    nobody_owes_what_his_credit_could_pay = balances_are_what_was_billed_less_what_was_paid = None
    any_day_is_as_it_was = iva_is_due_as_it_is_paid = None

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[int, Any] = {}

    @rule(who=st.integers(0, 1))
    def tell(self, who: int) -> None:
        of = self.people[who].pk
        [one] = compose_statements(customer_ids=[of], fecha_corte=self.today, **self.when())
        if one.pk in self.told:
            return  # of the same day, before: it stays as it was
        told = told_of(one.facts)
        assert told.closing == pesos(self.oracle.balance(of))
        assert told.owed == pesos(
            sum(left for bill, left in self.oracle.owed(self.day).items() if self._of(bill) == of)
        )
        assert told.owed - told.credit == told.closing
        walk = told.opening
        for row in told.rows:
            walk += row.amount
            assert row.balance == walk
        assert walk == told.closing == told.opening + told.charges - told.payments + told.adjustments
        last = max((pk for pk, (was, _) in self.told.items() if was == of), default=None)
        assert told.opening == (0 if last is None else self.told[last][1].closing) or one.previous_id is None
        self.told[one.pk] = (of, told)

    def _of(self, bill: int) -> int:
        return self.oracle.bills[bill].of

    @invariant()
    def what_was_told_stays(self) -> None:
        for one in Statement.objects.all():
            assert told_of(one.facts) == self.told[one.pk][1]
            assert digest_of(one.facts) == one.sha256

    def nothing_is_found_at_night(self) -> None:
        assert look(known=(), after=0, at_most=1_000).broken == []


def test_whatever_happens_each_statement_adds_up_to_the_cent_and_stays(world: World) -> None:
    def story() -> None:
        class Here(Telling):
            pass

        Here.world = world
        run_state_machine_as_test(
            Here,
            settings=settings(
                max_examples=12,
                stateful_step_count=25,
                deadline=None,
                database=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )

    world.inside(story)
