"""What somebody broke in the ledger behind the application's back shows in the morning."""

from datetime import timedelta

import pytest

from amate.audit.models import Inspection, Invariant
from amate.worker.inspect import inspect
from tests.database import as_admin
from tests.ledger.hands import DAY, at, charged, customer, pays
from tests.world import World

LATER = DAY + timedelta(days=1)
# {what breaks: (how, which invariants see it)}
BREAKS = {
    "a_line_is_gone": (
        "DELETE FROM ledger_journalline WHERE account = 'ingresos'",
        {Invariant.JOURNAL},
    ),
    "a_payment_pays_more_than_it_is": (
        "UPDATE ledger_payment SET amount = 10",
        {Invariant.ALLOCATIONS, Invariant.BALANCE},
    ),
    "a_debt_looks_settled": (
        "UPDATE ledger_receivable SET settled_on = issued_on",
        {Invariant.ALLOCATIONS},
    ),
    "a_debt_is_lowered": (
        "UPDATE ledger_receivable SET total = total - 1",
        {Invariant.BALANCE, Invariant.DEBT, Invariant.IVA},
    ),
    "a_payment_is_somebody_elses": (
        "UPDATE ledger_payment SET customer_id = (SELECT max(id) FROM customers_customer)",
        {Invariant.ALLOCATIONS, Invariant.BALANCE},
    ),
    "iva_was_never_booked": (
        "UPDATE ledger_allocation SET iva = 0",
        {Invariant.IVA},
    ),
    "credit_stands_beside_debt": (
        "UPDATE ledger_payment SET used_up_on = NULL",
        {Invariant.ALLOCATIONS, Invariant.CREDIT},
    ),
}
LEDGER = {
    Invariant.JOURNAL,
    Invariant.ALLOCATIONS,
    Invariant.CREDIT,
    Invariant.BALANCE,
    Invariant.DEBT,
    Invariant.IVA,
}


def found(world: World, night: int) -> set[str]:
    world.inside(lambda: inspect(now=at(LATER) + timedelta(days=2 * night)))
    rows = world.scoped(lambda: list(Inspection.objects.exclude(ids=[]).values_list("invariant", flat=True)))
    return set(rows) & LEDGER


@pytest.mark.parametrize("what", sorted(BREAKS))
def test_what_is_broken_is_found(world: World, what: str) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", 116)
        pays(who, "ox-1", 60)
        customer("Otro")

    world.scoped(story)
    assert found(world, 10_000) == set()
    how, seen = BREAKS[what]
    from django.db import connection

    with as_admin(connection.settings_dict["NAME"]) as c:
        c.execute("SET session_replication_role = replica")  # neither triggers nor references are asked
        assert c.execute(how).rowcount
    assert found(world, 10_001) == seen
