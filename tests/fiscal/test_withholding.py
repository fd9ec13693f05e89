"""ISR of the RESICO (TAX-4): 1.25 % of the base, line by line, off the total."""

from decimal import Decimal

import pytest

from amate.fiscal.ingreso import total_of
from amate.fiscal.money import summarise, tax_line
from amate.fiscal.withholding import is_withheld_from, with_isr_withheld, withholds
from tests.fiscal.test_generic import EXENTO, IVA0, line

GOLDEN = [
    # price with taxes, base, IVA, ISR, what the invoice adds up to
    ("1160.00", "1000.00", "160.00", "12.50", "1147.50"),
    ("1.05", "0.91", "0.14", "0.01", "1.04"),  # golden case 49
    ("3327.01", "2868.11", "458.90", "35.85", "3291.16"),  # RND-2's base
    ("0.35", "0.30", "0.05", "0.00", "0.35"),  # under half a cent nothing is kept back
]


@pytest.mark.parametrize(("price", "base", "iva", "isr", "total"), GOLDEN)
def test_golden_cases(price: str, base: str, iva: str, isr: str, total: str) -> None:
    (sale,) = with_isr_withheld([line(price)])
    taxed = tax_line(sale.line)
    (held,) = taxed.retenciones
    assert (taxed.base, taxed.traslados[0].importe) == (Decimal(base), Decimal(iva))
    assert (held.impuesto, held.tipo_factor, format(held.tasa_o_cuota, ".6f")) == ("001", "Tasa", "0.012500")
    assert (held.base, held.importe, taxed.total) == (Decimal(base), Decimal(isr), Decimal(total))


def test_the_summary_adds_up_what_the_lines_keep_back_whatever_their_iva() -> None:
    lines = with_isr_withheld([line("1160.00"), line("500.00", taxes=(IVA0,)), line("300.00", taxes=(EXENTO,))])
    totals = summarise([tax_line(sale.line) for sale in lines])
    assert totals.impuestos is not None
    assert [(one.impuesto, one.importe) for one in totals.impuestos.retenciones] == [("001", Decimal("22.50"))]
    assert totals.total == total_of(lines) == Decimal("1960.00") - Decimal("22.50")


def test_a_line_that_may_carry_no_tax_keeps_nothing_back() -> None:
    plain = line("100.00", taxes=(), objeto_imp="01")
    assert with_isr_withheld([plain]) == [plain]


@pytest.mark.parametrize(
    ("rfc", "regimen", "is_so"),
    [("LOAM850712XX3", "626", True), ("LOAM850712XX3", "612", False), ("CEA210315XX4", "626", False)],
)
def test_only_from_a_persona_fisica_of_the_resico(rfc: str, regimen: str, is_so: bool) -> None:
    assert is_withheld_from(rfc=rfc, regimen_fiscal=regimen) is is_so


@pytest.mark.parametrize(
    ("rfc", "is_so"),
    [("MCI7306249Y1", True), ("XOJI740919U48", False), ("XAXX010101000", False), ("XEXX010101000", False)],
)
def test_only_a_persona_moral_withholds(rfc: str, is_so: bool) -> None:
    assert withholds(rfc) is is_so
