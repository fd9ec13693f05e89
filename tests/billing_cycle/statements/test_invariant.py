"""I9: what somebody altered behind the application's back shows in the morning; what is lawful never does."""

from typing import Any

from django.db import connection

from amate.billing_cycle.statements.models import Statement
from amate.worker.invariants.statements_go_on import look
from tests.billing_cycle.statements.test_compose import FEB, JAN, told_on
from tests.database import as_admin
from tests.ledger.hands import charged, customer
from tests.world import World


def behind(how: str, *values: Any) -> None:
    with as_admin(connection.settings_dict["NAME"]) as c:
        c.execute("SET session_replication_role = replica")  # no trigger is asked
        c.execute(how, values)


def test_a_statement_that_was_altered_or_does_not_go_on_is_found(world: World) -> None:
    def story() -> list[int]:
        who = customer()
        charged(who, "p:1", "599.00", day=JAN)
        made = [told_on(who, day).pk for day in (JAN, FEB)]
        made.append(told_on(customer("Luis"), FEB).pk)
        return made

    first, second, third = world.scoped(story)
    assert world.scoped(lambda: look(known=(), after=0, at_most=10).broken) == []
    behind("UPDATE statements_statement SET opening = 1, charges = charges + 598 WHERE id = %s", second)
    behind("UPDATE statements_statement SET facts = jsonb_set(facts, '{credit}', '\"9\"') WHERE id = %s", third)
    assert world.scoped(lambda: look(known=(), after=0, at_most=10).broken) == [second, third]
    assert world.scoped(lambda: Statement.objects.get(pk=first).closing) == 599
