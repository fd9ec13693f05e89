"""However a line is given back, in however many parts, parts and rest add up to what was paid."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amate.fiscal.line import Impuesto, Line, MoneyRefused
from amate.fiscal.money import tax_line
from amate.fiscal.returned import Given, cost_of, credit_lines, given_back, less
from amate.fiscal.windows import tax_window
from amate.fiscal.withholding import isr_withheld

IVA = Impuesto("002", "Tasa", Decimal("0.160000"))
IEPS = Impuesto("003", "Tasa", Decimal("0.080000"))
SUGAR = Impuesto("003", "Cuota", Decimal("1.645100"))
TAXES = [(IVA,), (IVA, IEPS), (IVA, SUGAR)]


def same(line: Line) -> Line:
    return line


def test_a_cent_that_the_withholding_swallows_is_refused_with_words() -> None:
    line = Line(Decimal(1), Decimal("15.00"), (IVA,), False, Decimal("1.80"))
    cent = Given(importe=Decimal("0.01"))
    assert given_back(line, cent, told_as=same).total == Decimal("0.01")
    with pytest.raises(MoneyRefused, match="menos de un centavo"):
        given_back(line, cent, told_as=isr_withheld)


@settings(max_examples=300, deadline=None)
@given(
    units=st.integers(2, 9),
    cents=st.integers(1500, 99_999),
    off=st.integers(0, 500),
    taxes=st.sampled_from(TAXES),
    included=st.booleans(),
    told_as=st.sampled_from([same, isr_withheld]),
    first=st.integers(1, 8),
    # One cent may be less than a cent of what is paid where ISR is withheld, which has a test of its own.
    money=st.one_of(st.none(), st.integers(2, 300)),
)
def test_parts_and_rest_are_the_whole(
    units: int, cents: int, off: int, taxes: tuple[Impuesto, ...], included: bool, told_as: object, first: int,
    money: int | None,
) -> None:  # fmt: skip
    tell = isr_withheld if told_as is isr_withheld else same
    line = Line(Decimal(units), Decimal(cents) / 100, taxes, included, Decimal(off) / 100)
    asked = [Given(cantidad=Decimal(min(first, units - 1)))]
    if money:
        asked.append(Given(importe=Decimal(money) / 100))
    credited, paid, rest = Decimal(0), Decimal(0), line
    for one in [*asked, None]:
        back = one or Given(cantidad=rest.cantidad)
        part = given_back(rest, back, told_as=tell)
        credited += part.total
        for tax in part.traslados:
            if tax.tasa_o_cuota is not None and tax.importe is not None:
                assert tax_window(tax.base, tax.tasa_o_cuota).holds(tax.importe), (line, back, tax)
        for held in part.retenciones:
            assert tax_window(held.base, held.tasa_o_cuota).holds(held.importe)
        assert (
            sum(one.importe - (one.descuento or 0) for one in credit_lines([("Devolución", "02", part)])) == part.base
        )
        after = less(rest, back)
        paid += cost_of(rest) - cost_of(after)
        if after is None:
            break
        rest = after
    assert credited == tax_line(tell(line)).total
    assert paid == cost_of(line)


def test_more_than_is_left_is_said_with_what_is() -> None:
    line = Line(Decimal(3), Decimal(100), (IVA,))
    with pytest.raises(MoneyRefused, match="quedan 3:"):
        less(line, Given(cantidad=Decimal(4)))
    with pytest.raises(MoneyRefused, match=r"quedan 300\.00"):
        less(line, Given(importe=Decimal("300.01")))
    with pytest.raises(MoneyRefused, match="ya se devolvió todo"):
        less(None, Given(cantidad=Decimal(1)))
    with pytest.raises(MoneyRefused, match="ya no se puede facturar"):
        less(line, Given(cantidad=Decimal("2.999999")))


def test_of_a_ticket_there_is_one_concept_for_each_kind_of_tax() -> None:
    parts = [
        (said, "02", tax_line(Line(Decimal(1), Decimal(price), taxes)))
        for said, price, taxes in (("A", "58", (IVA,)), ("A", "10", (IVA, IEPS)), ("A", "116", (IVA,)))
    ]
    made = credit_lines(parts, no_identificacion="R-1")
    assert [(one.no_identificacion, one.importe) for one in made] == [
        ("R-1", Decimal("150.00")),
        ("R-1", Decimal("7.98")),
    ]
    assert {(one.clave_prod_serv, one.clave_unidad, one.cantidad) for one in made} == {("84111506", "ACT", 1)}
