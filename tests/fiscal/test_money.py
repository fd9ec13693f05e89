"""MON-1..MON-10. Windows and sums are checked by `windows_by_fraction`, an implementation of its own."""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amate.fiscal.money import (
    Impuesto,
    Line,
    MoneyRefused,
    importe_window,
    q2,
    q6,
    summarise,
    tax_line,
    tax_window,
)
from tests.fiscal.windows_by_fraction import assert_line, assert_sums, importe_fits, tax_fits, text

D = Decimal
IVA16 = Impuesto("002", "Tasa", D("0.160000"))
IVA8 = Impuesto("002", "Tasa", D("0.080000"))
IVA0 = Impuesto("002", "Tasa", D("0.000000"))
EXENTO = Impuesto("002", "Exento", None)
IEPS_RATES = [
    D(rate) for rate in ["1.6", "0.53", "0.5", "0.304", "0.3", "0.265", "0.25", "0.09", "0.08", "0.07", "0.06", "0.03"]
]


def ieps(rate: str | Decimal) -> Impuesto:
    return Impuesto("003", "Tasa", D(rate))


def cuota(pesos: str) -> Impuesto:
    return Impuesto("003", "Cuota", D(pesos))


def line(precio: str, *taxes: Impuesto, cantidad: str = "1", **rest: Any) -> Line:
    return Line(cantidad=D(cantidad), precio=D(precio), impuestos=taxes, **rest)


def cents(number: int) -> Decimal:
    return D(number).scaleb(-2)


# ------------------------------------------------------------ prices with taxes inside


def test_case_49_a_price_of_1_05_is_0_91_and_0_14_of_tax() -> None:
    taxed = tax_line(line("1.05", IVA16))
    assert (taxed.importe, taxed.base, taxed.valor_unitario, taxed.total) == (
        D("0.91"),
        D("0.91"),
        D("0.91"),
        D("1.05"),
    )
    assert [t.importe for t in taxed.traslados] == [D("0.14")]
    assert text(taxed.valor_unitario) == "0.91"


def test_a_total_is_the_printed_price_for_every_cent_to_50_pesos_and_27_000_prices_beyond() -> None:
    rng = Random(20261121)
    prices = [*range(1, 5_001), *range(5_003, 200_001, 8), *(rng.randrange(10**5, 10**9) for _ in range(3_000))]
    for price in prices:
        taxed = tax_line(Line(D(1), cents(price), (IVA16,)))
        assert taxed.total == cents(price)
        assert_line(taxed, D(1))


def a_random_ticket(rng: Random) -> tuple[list[Line], Decimal]:
    """1-12 lines with prices that include taxes, and the total that a till would print."""
    lines, printed = [], D(0)
    for _ in range(rng.randrange(1, 13)):
        cantidad = rng.choice([D(1), D(rng.randrange(1, 30)), D(rng.randrange(1, 30_000)).scaleb(-3)])
        precio = D(rng.randrange(50, 500_000)).scaleb(-rng.choice([2, 2, 2, 4]))
        taxes = rng.choice(
            [
                (IVA16,),
                (IVA16,),
                (IVA16,),
                (IVA8,),
                (IVA0,),
                (EXENTO,),
                (),
                (IVA16, ieps("0.08")),
                (IVA8, ieps("0.265")),
            ]
        )
        gross = q2(cantidad * precio)
        if gross < 1:
            continue
        descuento = q2(gross * D(rng.randrange(1, 90)) / 100) if rng.random() < 0.3 else D(0)
        lines.append(Line(cantidad, precio, taxes, descuento=descuento, objeto_imp="02" if taxes else "01"))
        printed += gross - descuento
    return lines, printed


def test_1500_random_tickets_total_what_was_printed_and_break_no_window() -> None:
    rng, seen = Random(49), 0
    while seen < 1_500:
        lines, printed = a_random_ticket(rng)
        if not lines:
            continue
        taxed = [tax_line(each) for each in lines]
        for each, amounts in zip(lines, taxed, strict=True):
            assert_line(amounts, each.cantidad)
        totals = summarise(taxed)
        assert totals.total == printed
        assert_sums(totals, taxed)
        seen += 1


@pytest.mark.parametrize("iva", [IVA16, IVA8, IVA0], ids=["16", "8", "0"])
@pytest.mark.parametrize("rate", IEPS_RATES, ids=str)
def test_ieps_and_iva_inside_a_price_both_stay_in_their_windows(rate: Decimal, iva: Impuesto) -> None:
    for price in range(100, 200_001, 149):
        taxed = tax_line(Line(D(1), cents(price), (iva, ieps(rate))))
        assert taxed.total == cents(price)
        assert_line(taxed, D(1))
        transferred = {t.impuesto: t for t in taxed.traslados}
        assert transferred["002"].base == taxed.base + (transferred["003"].importe or 0)


def test_taking_ieps_and_iva_out_in_one_step_would_leave_the_window_for_a_third_of_prices() -> None:
    """Why IVA is taken out first and IEPS out of the rest (MON-5): in one step, 29.7 % of prices at 160 % and 16 %."""
    i, v = D("1.6"), D("0.16")
    prices = range(100, 200_001, 97)
    left = 0
    for price in map(cents, prices):
        base = q2(price / ((1 + i) * (1 + v)))
        before_iva = base + q2(base * i)
        left += not tax_fits(text(before_iva), "0.16", text(price - before_iva))
    assert 0.28 < left / len(prices) < 0.32


def test_a_quota_is_pesos_for_each_unit_and_enters_the_base_of_iva() -> None:
    taxed = tax_line(line("28.50", IVA16, cuota("6.4555"), cantidad="20"))
    iva, quota = taxed.traslados
    assert (quota.base, quota.importe) == (D(20), D("129.11"))
    assert iva.base == taxed.base + D("129.11")
    assert taxed.total == D("570.00")
    assert_line(taxed, D(20))


def test_tobacco_bears_a_rate_and_a_quota_at_once() -> None:
    taxed = tax_line(line("85.00", IVA16, ieps("1.6"), cuota("0.6445"), cantidad="20"))
    assert len(taxed.traslados) == 3
    assert taxed.total == D("1700.00")
    assert_line(taxed, D(20))


def test_a_discount_is_stated_as_the_price_and_leaves_the_total_that_was_paid() -> None:
    taxed = tax_line(line("116.00", IVA16, cantidad="2", descuento=D("11.60")))
    assert (taxed.importe, taxed.descuento, taxed.base) == (D("200.00"), D("10.00"), D("190.00"))
    assert taxed.total == D("220.40")


# ------------------------------------------------------------ prices without


def test_a_net_price_gets_its_tax_on_top_rounded_half_up() -> None:
    taxed = tax_line(line("2868.11", IVA16, incluye_impuestos=False))
    assert (taxed.base, taxed.traslados[0].importe, taxed.total) == (D("2868.11"), D("458.90"), D("3327.01"))


def test_a_net_price_keeps_its_unit_price_and_subtracts_the_discount_before_tax() -> None:
    taxed = tax_line(line("33.333333", IVA16, cantidad="3", incluye_impuestos=False, descuento=D("10")))
    assert (taxed.valor_unitario, taxed.importe, taxed.base) == (D("33.333333"), D("100.00"), D("90.00"))
    assert taxed.total == D("104.40")
    assert_line(taxed, D(3))


def test_exempt_has_a_base_and_nothing_else_and_zero_rate_has_zero() -> None:
    exempt, zero = tax_line(line("10.00", EXENTO)), tax_line(line("10.00", IVA0))
    assert (exempt.traslados[0].base, exempt.traslados[0].importe, exempt.total) == (D(10), None, D(10))
    assert str(zero.traslados[0].importe) == "0.00"
    assert exempt.traslados[0].tasa_o_cuota is None


def test_withholdings_are_taken_from_the_total_on_the_base_of_the_line() -> None:
    isr, iva = Impuesto("001", "Tasa", D("0.100000"), True), Impuesto("002", "Tasa", D("0.106667"), True)
    taxed = tax_line(line("1000.00", IVA16, isr, iva, incluye_impuestos=False))
    assert [r.importe for r in taxed.retenciones] == [D("100.00"), D("106.67")]
    assert taxed.total == D("953.33")
    totals = summarise([taxed, taxed])
    assert totals.impuestos is not None
    assert [(r.impuesto, r.importe) for r in totals.impuestos.retenciones] == [
        ("001", D("200.00")),
        ("002", D("213.34")),
    ]
    assert (totals.impuestos.total_retenidos, totals.total) == (D("413.34"), D("1906.66"))


def test_half_a_cent_goes_up_whatever_the_global_context_says() -> None:
    with localcontext() as context:
        context.rounding, context.prec = ROUND_HALF_EVEN, 12
        assert q2(D("0.125")) == D("0.13")
        assert q6(D("0.0000005")) == D("0.000001")
        assert tax_line(line("0.125", EXENTO)).importe == D("0.13")


def test_yen_have_no_cents() -> None:
    taxed = tax_line(line("1050", IVA16), decimals=0)
    assert (taxed.base, taxed.traslados[0].importe, taxed.total) == (D(905), D(145), D(1050))
    assert text(summarise([taxed], decimals=0).total) == "1050"


# ------------------------------------------------------------ the summary


def test_the_summary_is_the_sum_of_the_lines_and_never_base_times_rate() -> None:
    taxed = [tax_line(line("1.05", IVA16)) for _ in range(100)]
    totals = summarise(taxed)
    assert totals.impuestos is not None
    group = totals.impuestos.traslados[0]
    assert (group.base, group.importe, totals.total) == (D("91.00"), D("14.00"), D("105.00"))
    assert group.importe != q2(group.base * D("0.16"))


def test_a_document_that_is_all_exempt_has_no_total_of_transferred_taxes() -> None:
    totals = summarise([tax_line(line("10.00", EXENTO)), tax_line(line("5.00", EXENTO))])
    assert totals.impuestos is not None
    assert (totals.impuestos.traslados[0].base, totals.impuestos.total_trasladados) == (D("15.00"), None)
    assert (totals.descuento, totals.impuestos.total_retenidos) == (None, None)


def test_a_document_without_any_tax_has_no_summary_of_taxes() -> None:
    assert summarise([tax_line(line("10.00", objeto_imp="01"))]).impuestos is None


def test_rates_written_with_other_zeros_are_one_group() -> None:
    short = Impuesto("002", "Tasa", D("0.16"))
    totals = summarise([tax_line(line("10.00", IVA16)), tax_line(line("10.00", short))])
    assert totals.impuestos is not None
    assert len(totals.impuestos.traslados) == 1


# ------------------------------------------------------------ refusals (MON-8)


@pytest.mark.parametrize("field", ["cantidad", "precio", "descuento"])
def test_a_float_raises(field: str) -> None:
    numbers: dict[str, Any] = {"cantidad": D(1), "precio": D(10), "descuento": D(0), field: 1.0}
    with pytest.raises(TypeError, match=field):
        tax_line(Line(impuestos=(IVA16,), **numbers))


def test_a_float_rate_raises() -> None:
    rate: Any = 0.16
    with pytest.raises(TypeError):
        Impuesto("002", "Tasa", rate)


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("precio", line("0.00", IVA16)),
        ("precio", line("-1.00", IVA16)),
        ("precio", line("0.004", IVA16)),
        ("precio", line("1.0000001", IVA16)),
        ("precio", line("NaN", IVA16)),
        ("precio", line("0.000001", IVA16, ieps("1.6"), cantidad="100000000")),
        ("precio", line("5.00", IVA16, cuota("6.4555"))),
        ("precio", line("0.01", IVA16, ieps("1.6"))),
        ("cantidad", line("1.00", IVA16, cantidad="0")),
        ("cantidad", line("1.00", IVA16, cantidad="-2")),
        ("cantidad", line("1.00", IVA16, cantidad="0.0000001")),
        ("cantidad", line("1.00", IVA16, cantidad="1000000000")),
        ("descuento", line("1.00", IVA16, descuento=D("1.00"))),
        ("descuento", line("1.00", IVA16, descuento=D("2.00"))),
        ("descuento", line("1.00", IVA16, descuento=D("-0.01"))),
        ("objeto_imp", line("1.00", IVA16, objeto_imp="01")),
        ("objeto_imp", line("1.00", IVA16, objeto_imp="03")),
        ("objeto_imp", line("1.00", IVA16, objeto_imp="04")),
        ("objeto_imp", line("1.00", IVA16, objeto_imp="05")),
        ("objeto_imp", line("1.00", IVA16, objeto_imp="06")),
        ("objeto_imp", line("1.00", ieps("0.08"), objeto_imp="06")),
        ("objeto_imp", line("1.00", IVA16, ieps("0.08"), objeto_imp="07")),
        ("impuestos", line("1.00", objeto_imp="07")),
        ("objeto_imp", line("1.00", ieps("0.08"), objeto_imp="08")),
        ("impuestos", line("1.00")),
        ("impuestos", line("1.00", IVA16, IVA8)),
        ("impuestos", line("1.00", IVA16, EXENTO)),
    ],
)
def test_it_refuses_what_no_cfdi_can_carry_and_names_the_field(field: str, bad: Line) -> None:
    with pytest.raises(MoneyRefused) as refused:
        tax_line(bad)
    assert refused.value.field == field
    assert refused.value.message[0].isupper()


@pytest.mark.parametrize(
    ("impuesto", "factor", "tasa", "retencion"),
    [
        ("002", "Exento", "0.16", False),
        ("002", "Exento", None, True),
        ("002", "Tasa", None, False),
        ("002", "Tasa", "-0.16", False),
        ("002", "Tasa", "0.1600001", False),
        ("002", "Cuota", "5", False),
        ("001", "Tasa", "0.1", False),
        ("004", "Tasa", "0.1", False),
        ("002", "Porcentaje", "0.16", False),
    ],
)
def test_it_refuses_a_tax_that_does_not_exist(impuesto: str, factor: str, tasa: str | None, retencion: bool) -> None:
    with pytest.raises(MoneyRefused) as refused:
        Impuesto(impuesto, factor, None if tasa is None else D(tasa), retencion)
    assert refused.value.field == "impuestos"


@pytest.mark.parametrize("objeto", ["06", "08"])
def test_isr_may_be_withheld_where_neither_iva_nor_ieps_is_shown(objeto: str) -> None:
    """CRP20278 lets the payment of such a line withhold ISR."""
    taxed = tax_line(line("100.00", Impuesto("001", "Tasa", D("0.1"), True), objeto_imp=objeto))
    assert (taxed.traslados, taxed.total) == ((), D("90.00"))


def test_ieps_may_be_broken_down_where_only_iva_is_not_transferred() -> None:
    assert tax_line(line("108.00", ieps("0.08"), objeto_imp="07")).base == D("100.00")


# ------------------------------------------------------------ the windows themselves


def test_the_window_of_a_tax_is_the_sat_s() -> None:
    window = tax_window(D("2868.11"), D("0.16"))
    assert [window.holds(D(tax)) for tax in ("458.88", "458.89", "458.90", "458.91")] == [False, True, True, False]


def test_the_window_of_an_importe_takes_what_a_pac_has_stamped() -> None:
    assert importe_window(D("4"), D("956.04")).holds(D("3824.15"))
    assert not importe_window(D("4.000000"), D("956.040000")).holds(D("3824.14"))


amounts = st.decimals(min_value=D("0.000001"), max_value=D(10) ** 9, places=6)


@given(cantidad=amounts, valor=amounts, drift=st.integers(-3, 3), places=st.integers(0, 6))
def test_the_window_of_an_importe_agrees_with_the_fractions(
    cantidad: Decimal, valor: Decimal, drift: int, places: int
) -> None:
    valor = valor.quantize(D(1).scaleb(-places))
    importe = q2(cantidad * valor) + cents(drift)
    ours = importe_window(cantidad, valor).holds(importe)
    assert ours == importe_fits(text(cantidad), text(valor), text(importe))


@given(base=amounts, rate=st.decimals(D(0), D(2), places=6), drift=st.integers(-3, 3), places=st.integers(0, 6))
def test_the_window_of_a_tax_agrees_with_the_fractions(base: Decimal, rate: Decimal, drift: int, places: int) -> None:
    base = base.quantize(D(1).scaleb(-places))
    importe = q2(base * rate) + cents(drift)
    assert tax_window(base, rate).holds(importe) == tax_fits(text(base), text(rate), text(importe))


a_tax_set = st.sampled_from(
    [(v, *i) for v, i in product([IVA16, IVA8, IVA0, EXENTO], [(), (ieps("0.08"),), (ieps("1.6"),), (cuota("1.5"),)])]
)


@settings(max_examples=300)
@given(
    cantidad=st.decimals(D("0.001"), D(10_000), places=3),
    precio=st.decimals(D("2.00"), D(100_000), places=6),
    taxes=a_tax_set,
    off=st.decimals(D(0), D("0.95"), places=2),
    included=st.booleans(),
)
def test_whatever_is_sold_every_window_holds_and_the_total_is_the_price_paid(
    cantidad: Decimal, precio: Decimal, taxes: tuple[Impuesto, ...], off: Decimal, included: bool
) -> None:
    gross = q2(cantidad * precio)
    descuento = q2(gross * off)
    sold = Line(cantidad, precio, taxes, included, descuento)
    try:
        taxed = tax_line(sold)
    except MoneyRefused:
        # Only what is too cheap to hold its own taxes: less than a peso, or less than its quota.
        quota = cantidad * D("1.5") if any(tax.tipo_factor == "Cuota" for tax in taxes) else D(0)
        assert gross - descuento < 1 + quota * 2
        return
    assert_line(taxed, cantidad)
    assert_sums(summarise([taxed]), [taxed])
    if included:
        assert taxed.total == gross - descuento
