"""Rows of a statement, against a plain count in cents that shares no code."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from amate.billing_cycle.statements.movements import Entry
from amate.billing_cycle.statements.rows import rows_of, sums_of
from amate.billing_cycle.statements.told import RowKind

CUT = date(2026, 1, 31)
WHATS = (
    "receivable",
    "payment",
    "void",
    "write_off",
    "reversal",
    "misapplication",
    "identification",
    "allocation",
    "else",
)
DEBTS = {7: SimpleNamespace(document="F-1", concept="Internet")}
PAID = {9: SimpleNamespace(kind="money", forma_pago="03", num_operacion="OP", reversed_as="refund")}


def entry(what: str, cents: int, day: int, late: int) -> Entry:
    on = CUT + timedelta(days=day)
    debt = 7 if what in ("receivable", "void", "write_off", "allocation") else None
    return Entry(1, what, on, on + timedelta(days=late), debt, None if debt else 9, Decimal(cents).scaleb(-2))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.integers(-100_000, 100_000),
    st.lists(
        st.tuples(
            st.sampled_from(WHATS),
            st.integers(-90_000, 90_000).filter(bool),
            st.integers(-40, 40),
            st.integers(0, 20),
        ),
        max_size=12,
    ),
    st.integers(-500, 500),
    st.booleans(),
)
def test_whatever_happened_the_sums_lead_from_one_balance_to_the_other(
    opening: int, happened: list[Any], joined: int, first: bool
) -> None:
    """The oracle walks in cents over what happened, and never asks what kind anything was."""
    happened = sorted(happened, key=lambda one: one[2])
    closing = opening + sum(cents for _, cents, _, _ in happened) + joined
    rows = rows_of(
        [entry(*one) for one in happened],
        opening=Decimal(opening).scaleb(-2),
        closing=Decimal(closing).scaleb(-2),
        told_before=None if first else CUT,
        debts=DEBTS,
        payments=PAID,
    )
    charges, payments, adjustments = (int(one * 100) for one in sums_of(rows))
    assert opening + charges - payments + adjustments == closing
    walk = opening
    for row in rows:
        walk += int(row.amount * 100)
        assert int(row.balance * 100) == walk
    assert walk == closing
    assert len(rows) == len(happened) + bool(joined)
    late = [row for row in rows if row.late]
    assert len(late) == bool(joined) + (
        0 if first else sum(day < 0 or (day == 0 and after > 0) for _, _, day, after in happened)
    )
    for row in rows:
        if not row.late and row.kind != RowKind.ADJUSTMENT:
            assert row.concept
