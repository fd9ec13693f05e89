"""What somebody breaks behind the product's back at the end of a life, each found that day by the check named after it
(I1, I4, I6 to I13, I19, I24). One life for all: every table is put back as it was after its wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql

from amate.promises.step import step
from amate.sandbox.simulation import run
from amate.sandbox.simulation.checks import Checks
from amate.sandbox.simulation.company import INVOICED_FIRST
from amate.sandbox.simulation.day import Life
from tests.database import as_admin
from tests.sandbox.simulation.test_mutants import lived

LAST = date(2026, 1, 5) + timedelta(days=16 + run.QUIET_DAYS - 1)
BOOKS, INVOICES, PROMISES = "ledger_journalline", "invoices_invoice", "promises_promise"
# {the check that must see it: (the table, what is done to it)}
PLANTED = {
    "I1_entries_sum_to_zero": (
        BOOKS,
        "DELETE FROM ledger_journalline WHERE id = (SELECT max(id) FROM ledger_journalline)",
    ),
    "I4_stamp_of_its_sealing": ("invoices_stamp", "UPDATE invoices_stamp SET xml = xml || ' '::bytea"),
    "I4_stamps_at_the_pac": (
        INVOICES,
        "UPDATE invoices_invoice SET uuid = gen_random_uuid() WHERE id = "
        "(SELECT max(id) FROM invoices_invoice WHERE state = 'stamped')",
    ),
    "I4_two_live_invoices": (
        INVOICES,
        "UPDATE invoices_invoice SET receivable_id = (SELECT min(receivable_id) FROM invoices_invoice "
        "WHERE kind = 'ingreso' AND state = 'stamped') WHERE id = "
        "(SELECT max(id) FROM invoices_invoice WHERE kind = 'ingreso' AND state = 'stamped' AND receivable_id IS NOT NULL)",
    ),
    "I4_stamps_are_ours": (
        INVOICES,
        "UPDATE invoices_invoice SET state = 'sealed' WHERE id = "
        "(SELECT max(id) FROM invoices_invoice WHERE state = 'stamped')",
    ),
    "I6_allocations_keep_within": (
        "ledger_payment",
        "UPDATE ledger_payment SET amount = 1 WHERE id = (SELECT max(payment_id) FROM ledger_allocation)",
    ),
    "I7_credit_pays_debt": (
        "ledger_payment",
        "UPDATE ledger_payment SET used_up_on = NULL, customer_id = (SELECT max(customer_id) FROM ledger_receivable "
        "WHERE settled_on IS NULL AND state = 'open') WHERE id = (SELECT max(id) FROM ledger_payment)",
    ),
    "I8_balance_is_what_happened": (
        "ledger_receivable",
        "UPDATE ledger_receivable SET total = total + 1 WHERE id = (SELECT max(id) FROM ledger_receivable)",
    ),
    "I9_statements_go_on": (
        "statements_statement",
        "UPDATE statements_statement SET opening = opening + 1, charges = charges - 1 "
        "WHERE id = (SELECT max(id) FROM statements_statement)",
    ),
    "I10_debt_is_in_the_books": (
        BOOKS,
        "UPDATE ledger_journalline SET amount = amount + 1 WHERE id = (SELECT max(id) FROM ledger_journalline "
        "WHERE account IN ('clientes', 'avisos') AND receivable_id IS NOT NULL)",
    ),
    "I11_bridge_is_not_yet_deposited": (
        BOOKS,
        "UPDATE ledger_journalline SET amount = amount + 1 WHERE id = (SELECT max(id) FROM ledger_journalline "
        "WHERE account LIKE 'puente:%')",
    ),
    "I12_iva_of_what_was_paid": (
        "ledger_allocation",
        "UPDATE ledger_allocation SET iva = 0 WHERE id = (SELECT max(id) FROM ledger_allocation)",
    ),
    "I13_instalments_keep_within": (
        "invoices_instalment",
        "UPDATE invoices_instalment SET num_parcialidad = 3 WHERE id = (SELECT max(id) FROM invoices_instalment)",
    ),
    "I24_given_up": (
        PROMISES,
        "UPDATE promises_promise SET done_at = NULL, next_try_at = NULL WHERE id = "
        "(SELECT max(id) FROM promises_promise WHERE done_at IS NOT NULL)",
    ),
    "I24_promises_kept": (
        PROMISES,
        "UPDATE promises_promise SET done_at = NULL, next_try_at = '2026-01-06' WHERE id = "
        "(SELECT max(id) FROM promises_promise WHERE done_at IS NOT NULL)",
    ),
}
# A notice that is told again counts once more: the replay changes the books.
REPLAYED = (
    "UPDATE ledger_journalline SET amount = amount * 2 WHERE entry_id = (SELECT max(entry_id) FROM ledger_journalline)"
)


@contextmanager
def done_to(c: psycopg.Connection[Any], table: str, how: str) -> Iterator[None]:
    """The wrong, and the table as it was afterwards. Neither triggers, references nor the key of live invoices are asked."""
    name = sql.Identifier(table)
    c.execute(sql.SQL("CREATE TEMP TABLE kept AS TABLE {}").format(name))
    [(key,)] = c.execute(
        "SELECT pg_get_indexdef(oid) FROM pg_class WHERE relname = 'one_live_invoice_a_debt'"
    ).fetchall()
    c.execute("DROP INDEX one_live_invoice_a_debt")
    try:
        assert c.execute(how).rowcount > 0, "nothing was there to be broken"
        yield
    finally:
        c.execute(sql.SQL("DELETE FROM {}").format(name))
        c.execute(sql.SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE TABLE kept").format(name))
        c.execute("DROP TABLE kept")
        c.execute(key)


def test_every_wrong_that_is_planted_is_found(
    committed: str, minted_then: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, set[str]] = {}

    async def broken(life: Life) -> set[str]:
        checks = Checks(life)
        await step(checks.of_the_day)(LAST)
        await step(checks.of_the_end)()
        return {name for name, count in checks.as_json().items() if count}

    async def planted(life: Life) -> None:
        seen["nothing"] = await broken(life)
        with as_admin(committed) as c:
            c.execute("SET session_replication_role = replica")
            for check, (table, how) in PLANTED.items():
                with done_to(c, table, how):
                    seen[check] = await broken(life)
            seen["put back"] = await broken(life)
            assert c.execute(REPLAYED).rowcount

    monkeypatch.setattr(run, "_again", planted)
    monkeypatch.setattr("amate.sandbox.simulation.company.INVOICED_FIRST", max(INVOICED_FIRST, 60))
    ran = lived(minted_then)
    assert (seen.pop("nothing"), seen.pop("put back")) == (set(), set())
    assert {check: found for check, found in seen.items() if check not in found} == {}
    assert ran.broken == {"I19_replay_changes_nothing": 1}
