"""Which debts a payment pays and which taxes are in each part, for any amounts."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amate.ledger.rules import STEPS, Owed, allocate, share_of, whole_cents

DAY = date(2026, 3, 1)
CENTS = st.integers(1, 500_000).map(lambda n: Decimal(n).scaleb(-2))


def owed(*debts: tuple[int, int, str]) -> list[Owed]:
    """(id, days after DAY, what is left)"""
    return [Owed(pk, DAY + timedelta(days=days), "MXN", Decimal(left)) for pk, days, left in debts]


def paid(
    amount: str,
    debts: list[Owed],
    *,
    bound: int | None = None,
    chosen: tuple[int, ...] = (),
    order: tuple[str, ...] = STEPS,
) -> dict[int, str]:
    parts = allocate(amount=Decimal(amount), moneda="MXN", owed=debts, bound=bound, chosen=chosen, order=order)
    return {pk: str(part) for pk, part in parts}


THREE = owed((1, 5, "100.00"), (2, 0, "60.00"), (3, 9, "40.00"))


def test_the_oldest_due_is_paid_first_then_the_lowest_id() -> None:
    assert paid("70.00", THREE) == {2: "60.00", 1: "10.00"}
    assert paid("10.00", owed((8, 0, "50.00"), (7, 0, "30.00"))) == {7: "10.00"}


def test_an_exact_amount_of_one_debt_pays_that_one() -> None:
    assert paid("40.00", THREE) == {3: "40.00"}


def test_an_exact_amount_of_two_debts_says_nothing_of_which() -> None:
    assert paid("40.00", owed((1, 3, "40.00"), (2, 0, "40.00"), (3, 1, "5.00"))) == {2: "40.00"}


def test_the_exact_sum_pays_all() -> None:
    assert paid("200.00", THREE) == {2: "60.00", 1: "100.00", 3: "40.00"}


def test_the_bound_debt_goes_before_the_chosen_and_these_before_the_rest() -> None:
    assert paid("150.00", THREE, bound=3, chosen=(1,)) == {3: "40.00", 1: "100.00", 2: "10.00"}
    assert list(paid("105.00", THREE, chosen=(1, 3))) == [1, 3]


def test_the_rest_of_a_bound_payment_may_be_exact() -> None:
    assert paid("140.00", THREE, bound=3) == {3: "40.00", 1: "100.00"}


def test_a_debt_that_is_not_there_any_more_binds_nobody() -> None:
    assert paid("60.00", THREE, bound=99, chosen=(98,)) == {2: "60.00"}


def test_the_company_says_in_which_order() -> None:
    assert paid("40.00", THREE, order=("reference", "chosen", "oldest")) == {2: "40.00"}
    assert paid("40.00", THREE, bound=1, order=("exact", "reference")) == {3: "40.00"}


def test_a_debt_in_another_currency_is_passed_over() -> None:
    dollars = Owed(9, DAY - timedelta(days=90), "USD", Decimal("10.00"))
    assert paid("10.00", [dollars, *THREE], bound=9) == {2: "10.00"}


@given(
    amount=CENTS,
    lefts=st.lists(st.tuples(CENTS, st.integers(0, 5)), max_size=6),
    bound=st.none() | st.integers(0, 7),
    chosen=st.lists(st.integers(0, 7), max_size=4),
    order=st.permutations(STEPS) | st.just([]),
)
def test_whatever_is_paid_is_paid_once_and_credit_stays_only_when_nothing_is_owed(
    amount: Decimal, lefts: list[tuple[Decimal, int]], bound: int | None, chosen: list[int], order: list[str]
) -> None:
    debts = [Owed(pk, DAY + timedelta(days=days), "MXN", left) for pk, (left, days) in enumerate(lefts)]
    parts = allocate(amount=amount, moneda="MXN", owed=debts, bound=bound, chosen=chosen, order=order)
    by_debt = dict(parts)
    assert len(by_debt) == len(parts)
    assert all(0 < part <= debts[pk].left for pk, part in parts)
    whole = sum((one.left for one in debts), Decimal(0))
    assert sum(by_debt.values(), Decimal(0)) == min(amount, whole)
    # At most one debt is paid in part: the last one.
    assert all(by_debt[pk] == debts[pk].left for pk, _ in parts[:-1])
    if bound is not None and bound < len(debts) and order[:1] == ["reference"]:
        assert parts[0][0] == bound
    if bound is None and not chosen and parts and not any(one.left == amount for one in debts):
        assert [pk for pk, _ in parts] == sorted(by_debt, key=lambda pk: (debts[pk].due_on, pk))


@given(total=CENTS, share=st.integers(0, 100), parts=st.lists(st.integers(1, 40), min_size=1, max_size=30))
def test_the_shares_of_a_tax_add_up_to_it_and_are_exact_to_half_a_cent_on_the_way(
    total: Decimal, share: int, parts: list[int]
) -> None:
    whole = (total * share / 116).quantize(Decimal("0.01"))
    paid_so_far = shared = Decimal("0.00")
    for weight in parts:
        part = min((total * weight / 100).quantize(Decimal("0.01")) or Decimal("0.01"), total - paid_so_far)
        if not part:
            break
        found = share_of(whole=whole, total=total, paid=paid_so_far, shared=shared, part=part)
        assert found >= 0
        paid_so_far, shared = paid_so_far + part, shared + found
        exact = Fraction(whole) * Fraction(paid_so_far) / Fraction(total)
        assert abs(Fraction(shared) - exact) <= Fraction(1, 200)
    left = total - paid_so_far
    if left:
        shared += share_of(whole=whole, total=total, paid=paid_so_far, shared=shared, part=left)
    assert shared == whole


@given(
    total=st.integers(1, 3_000),
    iva=st.integers(0, 400),
    steps=st.lists(st.tuples(st.booleans(), st.integers(1, 200)), max_size=40),
)
def test_however_parts_come_and_go_the_last_one_meets_the_tax(
    total: int, iva: int, steps: list[tuple[bool, int]]
) -> None:
    """Parts are reversed in any order between others."""
    whole, of = Decimal(min(iva, total)).scaleb(-2), Decimal(total).scaleb(-2)
    live: list[tuple[Decimal, Decimal]] = []

    def pay(part: Decimal) -> None:
        before = sum((one for one, _ in live), Decimal(0))
        shared = sum((one for _, one in live), Decimal(0))
        found = share_of(whole=whole, total=of, paid=before, shared=shared, part=part)
        assert found >= 0
        live.append((part, found))
        assert shared + found <= whole

    for takes_back, weight in steps:
        left = of - sum((one for one, _ in live), Decimal(0))
        if takes_back and live:
            live.pop(weight % len(live))
        elif left:
            pay(min(left, Decimal(weight).scaleb(-2)))
    if left := of - sum((one for one, _ in live), Decimal(0)):
        pay(left)
    assert sum((one for _, one in live), Decimal(0)) == whole


@pytest.mark.parametrize("amount", ["0.001", "-1.00"])
def test_fractions_of_a_cent_and_less_than_nothing_are_no_amounts(amount: str) -> None:
    with pytest.raises(ValueError, match="whole cents"):
        whole_cents(Decimal(amount))
