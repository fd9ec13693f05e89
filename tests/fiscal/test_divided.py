"""However a note is divided, its parts add up to it in every column, and each is a line that the SAT takes."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from amate.fiscal.divided import NotDivisible, columns_of, divide, divide_evenly
from amate.fiscal.line import Impuesto, Line
from amate.fiscal.money import tax_line
from amate.fiscal.windows import importe_window, tax_window

IVA = Impuesto("002", "Tasa", Decimal("0.160000"))
IEPS = Impuesto("003", "Tasa", Decimal("0.080000"))
SUGAR = Impuesto("003", "Cuota", Decimal("1.645100"))
ISR = Impuesto("001", "Tasa", Decimal("0.012500"), retencion=True)
EXEMPT = Impuesto("002", "Exento", None)
TAXES = [(IVA,), (IEPS, IVA), (IVA, ISR), (SUGAR, IVA), (EXEMPT,)]

lines = st.builds(
    Line,
    cantidad=st.integers(1, 40).map(Decimal),
    precio=st.integers(5_000, 250_000).map(lambda cents: Decimal(cents) / 100),
    impuestos=st.sampled_from(TAXES),
    incluye_impuestos=st.booleans(),
    descuento=st.integers(0, 400).map(lambda cents: Decimal(cents) / 100),
)


def sums(parts: list[list[Line | None]], place: int) -> tuple[int, ...]:
    own = [columns_of(line) for part in parts if (line := part[place]) is not None]
    return tuple(sum(column) for column in zip(*own, strict=True))


def in_window(line: Line) -> bool:
    told = tax_line(line)
    taxes = [tax for tax in told.traslados if tax.tasa_o_cuota is not None and tax.importe is not None]
    return importe_window(line.cantidad, told.valor_unitario).holds(told.importe) and all(
        tax_window(tax.base, tax.tasa_o_cuota or Decimal(0)).holds(tax.importe or Decimal(0)) for tax in taxes
    )


@settings(max_examples=200, deadline=None)
@given(sold=st.lists(lines, min_size=1, max_size=4), data=st.data())
def test_parts_by_quantity_are_the_whole_in_every_column(sold: list[Line], data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 4))
    takes = []
    for line in sold:
        cuts = sorted(data.draw(st.lists(st.integers(0, int(line.cantidad)), min_size=count - 1, max_size=count - 1)))
        ends = [0, *cuts, int(line.cantidad)]
        takes.append([Decimal(after - before) for before, after in pairwise(ends)])
    try:
        parts = divide(sold, takes)
    except NotDivisible:
        # Pieces of a quota round by themselves; every other line of this size can be divided.
        assume(not any(SUGAR in line.impuestos for line in sold))
        raise
    for place, line in enumerate(sold):
        assert sums(parts, place) == columns_of(line)
        own = [(part[place], many) for part, many in zip(parts, takes[place], strict=True)]
        assert [one.cantidad if one else Decimal(0) for one, _ in own] == [many for _, many in own]
        assert all(one is None or in_window(one) for one, _ in own)


@settings(max_examples=200, deadline=None)
@given(
    sold=st.lists(lines, min_size=1, max_size=5),
    shares=st.lists(st.integers(1, 5).map(Decimal), min_size=2, max_size=6),
)
def test_shares_of_a_dinner_are_the_whole_and_near_to_each_other(sold: list[Line], shares: list[Decimal]) -> None:
    sold = [line for line in sold if SUGAR not in line.impuestos]
    assume(sold)
    parts = divide_evenly(sold, shares)
    for place, line in enumerate(sold):
        assert sums(parts, place) == columns_of(line)
        assert sum(one.cantidad for part in parts if (one := part[place])) == line.cantidad
        assert all(in_window(one) for part in parts if (one := part[place]))
    whole = sum(tax_line(line).total for line in sold)
    # So low a rate gives the same cent of tax for most of a peso.
    near = Decimal(1) if any(ISR in line.impuestos for line in sold) else Decimal("0.30")
    for part, share in zip(parts, shares, strict=True):
        own = sum(tax_line(one).total for one in part if one)
        assert abs(own - whole * share / sum(shares)) < near


def test_thirds_of_a_hundred_declare_the_iva_of_a_hundred() -> None:
    """33.34, 33.33 and 33.33 would carry 13.80, a cent more than was sold."""
    dinner = Line(Decimal(1), Decimal("100.00"), (IVA,))
    parts = divide_evenly([dinner], [Decimal(1)] * 3)
    told = [tax_line(line) for (line,) in parts if line]
    assert sum(one.total for one in told) == Decimal("100.00")
    assert [sum(one.base for one in told), sum(one.traslados[0].importe or 0 for one in told)] == [
        Decimal("86.21"),
        Decimal("13.79"),
    ]
    assert max(one.total for one in told) - min(one.total for one in told) <= Decimal("0.04")


def test_a_line_that_only_one_has_is_not_touched() -> None:
    line = Line(Decimal(3), Decimal("33.333333"), (IVA,), descuento=Decimal("1.005"))
    assert divide([line], [[Decimal(0), Decimal(3)]]) == [[None], [line]]


@pytest.mark.parametrize("takes", [["2", "2"], ["2", "4"], ["6", "-1"], ["0", "0"]])
def test_more_or_less_than_there_is_is_refused(takes: list[str]) -> None:
    line = Line(Decimal(5), Decimal("45.00"), (IVA,))
    with pytest.raises(NotDivisible, match="Son 5: reparte todas") as refused:
        divide([line], [[Decimal(many) for many in takes]])
    assert refused.value.place == 0


def test_what_is_too_small_to_add_up_goes_to_one_part() -> None:
    with pytest.raises(NotDivisible, match=r"partida 2 .* dásela a una sola parte"):
        divide_evenly(
            [Line(Decimal(1), Decimal("90.00"), (IVA,)), Line(Decimal(1), Decimal("0.02"), (IVA,))], [Decimal(1)] * 3
        )
