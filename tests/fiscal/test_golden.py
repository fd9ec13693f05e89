"""The worked examples of the fiscal rules, each a file that a person can read: tests/golden/fiscal/*.xml.

`--update-golden` writes them anew; a changed cent shows in the diff.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from amate.fiscal.catalogs import installed
from amate.fiscal.comprobante import Comprobante, Relacionados
from amate.fiscal.credited import credit_amount, credit_tickets
from amate.fiscal.egreso import public_credit_receptor
from amate.fiscal.global_period import period_of
from amate.fiscal.receptor import Receptor, foreign_receptor
from tests.fiscal.receipts import (
    EXENTO,
    ISR10,
    IVA0,
    IVA8,
    IVA16,
    IVA_HELD,
    UUID,
    ieps,
    instalments,
    paid_in,
    payment,
    ppd,
    receipt,
    sold,
)
from tests.fiscal.test_egreso import build as credit
from tests.fiscal.test_factura_global import build as global_of
from tests.fiscal.test_factura_global import line, the_guides_tickets, ticket
from tests.fiscal.test_seal import assert_sound

GOLDEN = Path(__file__).parents[1] / "golden" / "fiscal"
OTHER = "1A2B3C4D-3651-5370-BC2C-14CDBE384CD8"
D = Decimal

_SIGNED = ("Sello", "Certificado", "NoCertificado")


def case_49() -> Comprobante:
    """A price of 1.05, IVA included."""
    return ppd(sold("1.05", IVA16), forma_pago="01", metodo_pago="PUE")


def base_2868_11() -> Comprobante:
    """RND-2: at 16 % of 2868.11 the tax is 458.90."""
    return ppd(sold("2868.11", IVA16, incluye_impuestos=False))


def a_foreign_customer_in_dollars() -> Comprobante:
    """REC-6."""
    receptor = foreign_receptor(
        nombre="Acme LLC",
        lugar_expedicion="86000",
        catalogs=installed(),
        residencia_fiscal="USA",
        num_reg_id_trib="123456789",
    )
    return ppd(sold("100.00", IVA0), receptor=receptor, moneda="USD", tipo_cambio="19.50")


def one_buyer_of_the_public() -> Comprobante:
    """REC-5 b: the generic RFC under his own name."""
    receptor = Receptor("XAXX010101000", "ANA LOPEZ", "86000", "616", "S01")
    return ppd(sold("116.00", IVA16), receptor=receptor, forma_pago="01", metodo_pago="PUE")


def substitution() -> Comprobante:
    """REL-4: what was PUE and unpaid at the end of its month."""
    return ppd(sold("116.00", IVA16), relacionados=(Relacionados("04", (UUID,)),))


def glo_8() -> Comprobante:
    """The example of the SAT's guide: 844.98 + 135.20 = 980.18."""
    return global_of(*the_guides_tickets())


def aft_a() -> Comprobante:
    """The same day without -4569: 562.60."""
    rest = [sale for sale in the_guides_tickets() if sale.no_identificacion != "17-2358-4569"]
    return global_of(*rest, relacionados=(Relacionados("04", (UUID,)),))


def aft_b() -> Comprobante:
    """The credit note of -4569 against the day: 417.58."""
    (apart,) = [c for c in glo_8().conceptos if c.no_identificacion == "17-2358-4569"]
    return credit(
        *credit_tickets([apart], descripcion="Venta facturada por separado"),
        receptor=public_credit_receptor(lugar_expedicion="33146"),
        lugar_expedicion="33146",
        forma_pago="04",
    )


def aft_c() -> Comprobante:
    """The goods of -4569 came back: the same credit note, of a return, and no invoice."""
    (back,) = [c for c in glo_8().conceptos if c.no_identificacion == "17-2358-4569"]
    return credit(
        *credit_tickets([back], descripcion="Devolución de mercancías"),
        receptor=public_credit_receptor(lugar_expedicion="33146"),
        lugar_expedicion="33146",
        forma_pago="04",
        relacionados=(Relacionados("03", (UUID,)),),
    )


def glo_7() -> Comprobante:
    """A ticket of four rates and something that is no object of tax, in the global of a week."""
    mixed = ticket(
        "A-7",
        line("116.00", IVA16),
        line("54.00", IVA8),
        line("50.00", IVA0),
        line("10.00", EXENTO),
        line("86.99", IVA16, ieps("0.08")),
        line("40.00"),
    )
    period = period_of(date(2026, 6, 24), periodicidad="02").informacion_global
    return global_of(mixed, period=period)


def credit_of_an_amount() -> Comprobante:
    """REL-2: 100.00 of an invoice of two rates."""
    invoice = ppd(sold("116.00", IVA16), sold("108.00", IVA8))
    return credit(*credit_amount(D("100.00"), of=invoice.conceptos, descripcion="Bonificación"))


def rep_of_two_instalments() -> Comprobante:
    """REP-2..REP-9: fees with everything withheld, paid in two, told in one receipt."""
    invoice = ppd(sold("1000.00", IVA16, ISR10, IVA_HELD, incluye_impuestos=False))
    first, last = instalments(invoice, paid_in(invoice, D("400.00"), D("553.33")))
    return receipt(
        payment(first, fecha_pago=datetime(2026, 11, 3, 12, 0, 0)),
        payment(last, fecha_pago=datetime(2026, 11, 18, 9, 30, 0), forma_pago="28"),
    )


def rep_in_two_currencies() -> Comprobante:
    """REP-8: dollars pay an invoice in pesos and one in dollars."""
    pesos, dollars = ppd(sold("1160.00", IVA16)), ppd(sold("58.00", IVA16), moneda="USD", tipo_cambio="19.50")
    a = instalments(pesos, paid_in(pesos, pesos.total, other_currency=True), equivalencia="19.5")
    b = instalments(dollars, paid_in(dollars, dollars.total), uuid=OTHER)
    return receipt(payment(*a, *b, monto=D("117.49"), moneda="USD", tipo_cambio="19.5"))


CASES: list[Callable[[], Comprobante]] = [
    case_49,
    base_2868_11,
    a_foreign_customer_in_dollars,
    one_buyer_of_the_public,
    substitution,
    glo_8,
    aft_a,
    aft_b,
    aft_c,
    glo_7,
    credit_of_an_amount,
    rep_of_two_instalments,
    rep_in_two_currencies,
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_worked_example_is_written_to_the_cent(
    case: Callable[[], Comprobante], request: pytest.FixtureRequest
) -> None:
    written = readable(assert_sound(case()))
    path = GOLDEN / f"{case.__name__}.xml"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written, encoding="utf-8")
    assert written == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_without_its_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.xml")} == {case.__name__ for case in CASES}


def readable(root: etree._Element) -> str:
    """One element a line, what is signed masked."""
    for name in _SIGNED:
        root.set(name, "…")
    etree.indent(root)
    return etree.tostring(root, encoding="unicode") + "\n"
