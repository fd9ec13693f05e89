"""The SAT's windows a second time, with fractions and from the text of FISCAL RND-2: it shares nothing with the engine."""

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from amate.fiscal.comprobante import Retencion, Traslado
from amate.fiscal.money import Taxed, Totals

E = Fraction(1, 10**12)


def half(written: str) -> Fraction:
    _, _, decimals = written.partition(".")
    return Fraction(1, 2 * 10 ** len(decimals))


def importe_fits(cantidad: str, valor_unitario: str, importe: str) -> bool:
    c, v = Fraction(cantidad), Fraction(valor_unitario)
    low, high = (
        (c - half(cantidad)) * (v - half(valor_unitario)),
        (c + half(cantidad) - E) * (v + half(valor_unitario) - E),
    )
    return _between(low, Fraction(importe), high, importe)


def tax_fits(base: str, rate: str, importe: str) -> bool:
    b, r = Fraction(base), Fraction(rate)
    return _between((b - half(base)) * r, Fraction(importe), (b + half(base) - E) * r, importe)


def _between(low: Fraction, amount: Fraction, high: Fraction, written: str) -> bool:
    scale = 10 ** len(written.partition(".")[2])
    return Fraction(floor(low * scale), scale) <= amount <= Fraction(ceil(high * scale), scale)


def text(amount: Decimal) -> str:
    return format(amount, "f")


def assert_line(line: Taxed, cantidad: Decimal) -> None:
    """Every window of the line holds, the base is what the discount leaves, and no amount has too many decimals."""
    assert importe_fits(text(cantidad), text(line.valor_unitario), text(line.importe)), line
    assert line.base == line.importe - line.descuento > 0
    assert 0 <= line.descuento <= line.importe
    assert line.valor_unitario > 0
    assert len(text(line.valor_unitario).partition(".")[2]) <= 6
    for moved in line.traslados:
        assert_tax(moved)
    for held in line.retenciones:
        assert_tax(held)


def assert_tax(tax: Traslado | Retencion) -> None:
    assert tax.base > 0
    if tax.tipo_factor == "Exento":
        assert tax.tasa_o_cuota is tax.importe is None
    else:
        assert tax.tasa_o_cuota is not None
        assert tax.importe is not None
        assert tax_fits(text(tax.base), text(tax.tasa_o_cuota), text(tax.importe)), tax


def assert_sums(totals: Totals, lines: list[Taxed]) -> None:
    """CFDI40108, 40111, 40119, 40203..40221, with fractions."""
    assert Fraction(totals.subtotal) == sum(Fraction(line.importe) for line in lines)
    discounts = sum(Fraction(line.descuento) for line in lines)
    assert (totals.descuento is None) == (discounts == 0)
    assert Fraction(totals.descuento or 0) == discounts
    taxes = totals.impuestos
    moved = [t for line in lines for t in line.traslados]
    held = [r for line in lines for r in line.retenciones]
    assert (taxes is None) == (not moved and not held)
    paid = Fraction(0)
    if taxes is not None:
        groups = {(t.impuesto, t.tipo_factor, t.tasa_o_cuota) for t in moved}
        assert len(taxes.traslados) == len(groups)
        for group in taxes.traslados:
            same = [
                t
                for t in moved
                if (t.impuesto, t.tipo_factor, t.tasa_o_cuota)
                == (group.impuesto, group.tipo_factor, group.tasa_o_cuota)
            ]
            if group.tipo_factor != "Cuota":
                assert Fraction(group.base) == sum(Fraction(t.base) for t in same)
            assert Fraction(group.importe or 0) == sum(Fraction(t.importe or 0) for t in same)
        for group_held in taxes.retenciones:
            assert Fraction(group_held.importe) == sum(
                Fraction(r.importe) for r in held if r.impuesto == group_held.impuesto
            )
        assert len({r.impuesto for r in taxes.retenciones}) == len(taxes.retenciones)
        taxed = [t for t in moved if t.tipo_factor != "Exento"]
        assert (taxes.total_trasladados is None) == (not taxed)
        assert (taxes.total_retenidos is None) == (not held)
        paid = Fraction(taxes.total_trasladados or 0) - Fraction(taxes.total_retenidos or 0)
        assert paid == sum(Fraction(t.importe or 0) for t in taxed) - sum(Fraction(r.importe) for r in held)
    assert Fraction(totals.total) == Fraction(totals.subtotal) - discounts + paid


def least_and_most_paid(pagado: str, equivalencia: str, decimals: int) -> tuple[Fraction, Fraction]:
    """CRP20275-20277, from the SAT's guide of Pagos 2.0: an equivalence of 1 counts with ten decimals."""
    tiny, scale = Fraction(1, 10**16), 10**decimals
    written = "1.0000000000" if Fraction(equivalencia) == 1 else equivalencia
    p, e = Fraction(pagado), Fraction(written)
    low = (p - half(pagado)) / (e + half(written) - tiny)
    high = (p + half(pagado) - tiny) / (e - half(written))
    return Fraction(floor(low * scale), scale), Fraction(ceil(high * scale), scale)
