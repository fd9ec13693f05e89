"""Receipts of payments: REP-2..REP-8, REP-10, CRP20201..20279."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from amate.fiscal.catalogs import installed
from amate.fiscal.comprobante import Banks, Comprobante, DocumentRefused, Pago, Relacionados
from amate.fiscal.instalments import Paid
from amate.fiscal.pago20 import Instalment
from amate.fiscal.rules.validate import validate_ours
from amate.fiscal.seal import seal
from tests.fiscal import minting
from tests.fiscal.generated_receipts import lawful_receipts
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
from tests.fiscal.test_seal import assert_sound
from tests.fiscal.windows_by_fraction import assert_tax

D = Decimal
OTHER = "1A2B3C4D-3651-5370-BC2C-14CDBE384CD8"


def one_paid(**changes: Any) -> Instalment:
    invoice = ppd()
    (instalment,) = instalments(invoice, paid_in(invoice, D("116.00")))
    return replace(instalment, **changes)


def refused(*payments: Any, **changes: Any) -> str:
    with pytest.raises(DocumentRefused) as error:
        receipt(*payments, **changes)
    return error.value.field


def test_a_payment_of_one_invoice_is_written_as_the_sat_wants_it() -> None:
    made = receipt(payment(one_paid()))
    assert (made.tipo_de_comprobante, made.moneda, made.subtotal, made.total) == ("P", "XXX", D(0), D(0))
    assert (made.forma_pago, made.metodo_pago, made.condiciones_de_pago, made.descuento) == (None, None, None, None)
    assert made.receptor.uso_cfdi == "CP01"
    assert made.impuestos is None
    (concepto,) = made.conceptos
    assert (concepto.clave_prod_serv, concepto.clave_unidad, concepto.descripcion, concepto.objeto_imp) == (
        "84111506",
        "ACT",
        "Pago",
        "01",
    )
    assert made.pagos is not None
    totales = made.pagos.totales
    assert (totales.base_iva16, totales.impuesto_iva16, totales.monto_total_pagos) == (D(100), D(16), D(116))
    assert (totales.base_iva8, totales.retenciones_iva, totales.base_iva_exento) == (None, None, None)
    assert_sound(made)


def test_many_payments_of_many_invoices_are_one_receipt() -> None:
    first = ppd(sold("116.00", IVA16), sold("50.00", EXENTO))
    second = ppd(sold("108.00", IVA8), sold("20.00", IVA0), sold("54.00", IVA8, ieps("0.265")))
    third = ppd(sold("1000.00", IVA16, ISR10, IVA_HELD, incluye_impuestos=False))
    a = instalments(first, paid_in(first, D("60.00"), D("106.00")), uuid=UUID)
    b = instalments(second, paid_in(second, second.total), uuid=OTHER)
    c = instalments(third, paid_in(third, D("500.00"), D("453.33")), uuid=OTHER.replace("8", "9"))
    made = receipt(payment(a[0], *b), payment(a[1], c[0], forma_pago="28"), payment(c[1], forma_pago="01"))
    assert made.pagos is not None
    assert [len(pago.doctos) for pago in made.pagos.pagos] == [2, 2, 1]
    assert [d.imp_saldo_insoluto for pago in made.pagos.pagos for d in pago.doctos] == [
        D("106.00"), D("0.00"), D("0.00"), D("453.33"), D("0.00"),
    ]  # fmt: skip
    assert_totals_are_sums(made)
    assert_sound(made)


def assert_totals_are_sums(made: Comprobante) -> None:
    """One currency: BaseP and ImporteP are exact sums, Totales those of all payments."""
    assert made.pagos is not None
    bases: dict[Any, Decimal] = {}
    for pago in made.pagos.pagos:
        for total in pago.traslados:
            kind = (total.impuesto, total.tipo_factor, total.tasa_o_cuota)
            same = [t for d in pago.doctos for t in d.traslados if (t.impuesto, t.tipo_factor, t.tasa_o_cuota) == kind]
            assert total.base == sum((t.base for t in same), D(0))
            assert (total.importe or D(0)) == sum((t.importe or D(0) for t in same), D(0))
            bases[kind] = bases.get(kind, D(0)) + total.base
        for held in pago.retenciones:
            assert held.importe == sum(
                (r.importe for d in pago.doctos for r in d.retenciones if r.impuesto == held.impuesto), D(0)
            )
    totales = made.pagos.totales
    assert (totales.base_iva16 or D(0)) == bases.get(("002", "Tasa", D("0.16")), D(0))
    assert (totales.base_iva8 or D(0)) == bases.get(("002", "Tasa", D("0.08")), D(0))
    assert (totales.base_iva0 or D(0)) == bases.get(("002", "Tasa", D(0)), D(0))
    assert (totales.base_iva_exento or D(0)) == bases.get(("002", "Exento", None), D(0))
    assert totales.monto_total_pagos == sum((pago.monto for pago in made.pagos.pagos), D(0))


def test_pesos_pay_an_invoice_in_dollars() -> None:
    """EquivalenciaDR is dollars for a peso; BaseP is rounded up, so never below the sum (REP-8, CRP20268)."""
    invoice = ppd(sold("116.00", IVA16), moneda="USD", tipo_cambio="19.50")
    (paid,) = paid_in(invoice, invoice.total, other_currency=True)
    (instalment,) = instalments(invoice, [paid], equivalencia="0.0512820513")
    made = receipt(payment(instalment, monto=D("2262.00")))
    assert made.pagos is not None
    (pago,) = made.pagos.pagos
    (docto,) = pago.doctos
    assert (str(docto.traslados[0].base), docto.traslados[0].importe) == ("100.000000", D("16.00"))
    assert (pago.traslados[0].base, pago.traslados[0].importe) == (D("1950.000000"), D("312.000000"))
    assert pago.traslados[0].base >= docto.traslados[0].base / D("0.0512820513")
    assert made.pagos.totales.base_iva16 == D("1950.00")
    assert_sound(made)


def test_dollars_pay_invoices_in_pesos_and_in_dollars_at_once() -> None:
    pesos, dollars = ppd(sold("1160.00", IVA16)), ppd(sold("58.00", IVA16), moneda="USD", tipo_cambio="19.50")
    a = instalments(pesos, paid_in(pesos, pesos.total, other_currency=True), equivalencia="19.5")
    b = instalments(dollars, paid_in(dollars, dollars.total), uuid=OTHER)
    made = receipt(payment(*a, *b, monto=D("117.49"), moneda="USD", tipo_cambio="19.5"))
    assert made.pagos is not None
    (pago,) = made.pagos.pagos
    assert [d.equivalencia_dr for d in pago.doctos] == ["19.5", "1"]
    assert (pago.tipo_cambio_p, pago.monto) == ("19.5", D("117.49"))
    assert (pago.traslados[0].base, pago.traslados[0].importe) == (D("101.282052"), D("16.205129"))
    totales = made.pagos.totales
    assert (totales.base_iva16, totales.impuesto_iva16) == (D("1975.00"), D("316.00"))
    assert totales.monto_total_pagos == D("2291.06")
    assert_sound(made)


def test_a_monto_a_little_under_the_sum_is_inside_the_windows_of_other_currencies() -> None:
    """CRP20276: 58 dollars at 0.0513 a peso may be 1129.61 to 1131.85; at 0.0512820513, hardly anything but 1131.00."""
    invoice = ppd(sold("58.00", IVA16), moneda="USD", tipo_cambio="19.50")
    paid = paid_in(invoice, invoice.total, other_currency=True)
    (rough,) = instalments(invoice, paid, equivalencia="0.0513")
    assert receipt(payment(rough, monto=D("1129.60"))).pagos is not None
    assert refused(payment(rough, monto=D("1129.00"))) == "payments.0.monto"
    (fine,) = instalments(invoice, paid, equivalencia="0.0512820513")
    assert receipt(payment(fine, monto=D("1131.00"))).pagos is not None
    assert refused(payment(fine, monto=D("1130.80"))) == "payments.0.monto"


@pytest.mark.parametrize("objeto", ["01", "03", "04", "05"])
def test_invoices_without_taxes_are_paid_without_taxes(objeto: str) -> None:
    invoice = ppd(sold("100.00", objeto_imp=objeto))
    made = receipt(payment(*instalments(invoice, paid_in(invoice, invoice.total))))
    assert made.pagos is not None
    (docto,) = made.pagos.pagos[0].doctos
    assert (docto.objeto_imp_dr, docto.traslados, docto.retenciones) == (objeto, (), ())
    assert made.pagos.totales.monto_total_pagos == D(100)
    assert_sound(made)


def test_objects_06_to_08_show_what_the_sat_lets_them() -> None:
    """CRP20278: 06 and 08 may only withhold ISR; CRP20279: 07 breaks IEPS down."""
    for objeto, taxes in (("06", (ISR10,)), ("08", (ISR10,)), ("08", ()), ("07", (ieps("0.08"),))):
        invoice = ppd(sold("100.00", *taxes, objeto_imp=objeto))
        made = receipt(payment(*instalments(invoice, paid_in(invoice, invoice.total))))
        assert_sound(made)
    assert refused(payment(one_paid(objeto_imp="06"))) == "payments.0.instalments.0.objeto_imp"
    assert refused(payment(one_paid(objeto_imp="07"))) == "payments.0.instalments.0.objeto_imp"
    assert refused(payment(one_paid(objeto_imp="01"))) == "payments.0.instalments.0.objeto_imp"
    assert refused(payment(one_paid(objeto_imp="09"))) == "payments.0.instalments.0.objeto_imp"
    assert refused(payment(one_paid(paid=Paid(D("116.00"), ())))) == "payments.0.instalments.0.objeto_imp"


def test_the_bank_may_be_told_and_its_proof_with_it() -> None:
    banks = Banks("BNM840515VB1", None, "012345678901234567", "BBA830831LJ2", "876543210987654321")
    made = receipt(payment(one_paid(), banks=banks, num_operacion=" 000123 "))
    root = assert_sound(made)
    pago = root.find(".//{*}Pago")
    assert pago is not None
    assert (pago.get("CtaOrdenante"), pago.get("NumOperacion")) == ("012345678901234567", "000123")
    proof = replace(banks, tipo_cad_pago="01", cert_pago="Q0VSVA==", cad_pago="||1|SPEI & CO||", sello_pago="U0VMTE8=")
    proven = receipt(payment(one_paid(), banks=proof))
    root = assert_sound(proven)
    found = validate_ours(proven, seal(proven, minting.csd()).xml, catalogs=installed())
    assert [finding for finding in found if finding.severity != "note"] == []
    pago = root.find(".//{*}Pago")
    assert pago is not None
    assert pago.get("CadPago") == "||1|SPEI & CO||"


@pytest.mark.parametrize(
    ("forma", "banks", "field"),
    [
        ("01", Banks(cta_ordenante="0123456789"), "cta_ordenante"),
        ("01", Banks(rfc_emisor_cta_ben="BBA830831LJ2"), "rfc_emisor_cta_ben"),
        ("06", Banks(cta_beneficiario="0123456789"), "cta_beneficiario"),
        ("03", Banks(cta_ordenante="12345"), "cta_ordenante"),
        ("03", Banks(cta_beneficiario="1234567890123456"), "cta_beneficiario"),
        ("03", Banks(rfc_emisor_cta_ord="XEXX010101000"), "nom_banco_ord_ext"),
        ("02", Banks(tipo_cad_pago="01", cert_pago="QQ==", cad_pago="x", sello_pago="QQ=="), "tipo_cad_pago"),
        ("03", Banks(tipo_cad_pago="01"), "cert_pago"),
        ("03", Banks(sello_pago="QQ=="), "sello_pago"),
    ],
)
def test_it_refuses_data_of_a_bank_that_the_form_has_not(forma: str, banks: Banks, field: str) -> None:
    assert refused(payment(one_paid(), forma_pago=forma, banks=banks)) == f"payments.0.{field}"


def test_it_refuses_what_is_no_payment() -> None:
    assert refused() == "payments"
    assert refused(payment(monto=D("1.00"))) == "payments.0.instalments"
    assert refused(payment(one_paid(), forma_pago="99")) == "payments.0.forma_pago"
    assert refused(payment(one_paid(), forma_pago="07")) == "payments.0.forma_pago"
    assert refused(payment(one_paid(), moneda="XXX")) == "payments.0.moneda"
    assert refused(payment(one_paid(), tipo_cambio="1.00")) == "payments.0.tipo_cambio"
    assert refused(payment(one_paid(moneda="USD", equivalencia=None))) == "payments.0.instalments.0.equivalencia"
    assert refused(payment(one_paid(equivalencia="1.0000000000"))) == "payments.0.instalments.0.equivalencia"
    assert refused(payment(one_paid(moneda="USD", equivalencia="0.01234567891"))) == (
        "payments.0.instalments.0.equivalencia"
    )
    assert refused(payment(one_paid(), monto=D("115.99"))) == "payments.0.monto"
    assert refused(payment(one_paid(), monto=D("116.001"))) == "payments.0.monto"
    assert refused(payment(one_paid(), monto=D(0))) == "payments.0.monto"
    assert refused(payment(one_paid(), fecha_pago=datetime(2026, 11, 20, 12, 0, 1))) == "payments.0.fecha_pago"
    assert refused(payment(one_paid(num_parcialidad=0))) == "payments.0.instalments.0.num_parcialidad"
    assert refused(payment(one_paid(num_parcialidad=1000))) == "payments.0.instalments.0.num_parcialidad"
    assert refused(payment(one_paid(saldo_anterior=D("115.99")))) == "payments.0.instalments.0.pagado"
    assert refused(payment(one_paid(uuid="123"))) == "payments.0.instalments.0.uuid"
    assert refused(payment(one_paid(), one_paid(uuid=UUID.lower()))) == "payments.0.instalments.1.uuid"
    assert refused(payment(one_paid()), relacionados=(Relacionados("01", (UUID,)),)) == "relacionados"
    assert refused(payment(one_paid()), lugar_expedicion="00000") == "lugar_expedicion"
    with pytest.raises(ValueError, match="naive"):
        receipt(payment(one_paid(), fecha_pago=datetime(2026, 11, 20, tzinfo=UTC)))


def test_a_receipt_may_substitute_another() -> None:
    made = receipt(payment(one_paid()), relacionados=(Relacionados("04", (OTHER,)),))
    assert made.relacionados == (Relacionados("04", (OTHER,)),)
    assert_sound(made)


def test_more_money_than_is_applied_may_be_received() -> None:
    made = receipt(payment(one_paid(), monto=D("120.00")))
    assert made.pagos is not None
    assert made.pagos.totales.monto_total_pagos == D("120.00")


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(lawful_receipts())
def test_whatever_is_paid_every_rule_holds_and_the_sats_own_files_read_it(made: Comprobante) -> None:
    assert_sound(made)
    found = validate_ours(made, seal(made, minting.csd()).xml, catalogs=installed())
    assert [finding for finding in found if finding.severity != "note"] == []
    assert made.pagos is not None
    for pago in made.pagos.pagos:
        for docto in pago.doctos:
            for tax in (*docto.traslados, *docto.retenciones):
                assert_tax(tax)
        assert_sums_of(pago)


def assert_sums_of(pago: Pago) -> None:
    """CRP20265, 20268, 20269, 20274 with fractions: the very sum in one currency, else at most a millionth above it."""
    same = all(docto.moneda_dr == pago.moneda_p for docto in pago.doctos)
    for total in pago.traslados:
        kind = (total.impuesto, total.tipo_factor, total.tasa_o_cuota)
        base = importe = Fraction(0)
        for docto in pago.doctos:
            for tax in docto.traslados:
                if (tax.impuesto, tax.tipo_factor, tax.tasa_o_cuota) == kind:
                    base += Fraction(tax.base) / Fraction(docto.equivalencia_dr)
                    importe += Fraction(tax.importe or 0) / Fraction(docto.equivalencia_dr)
        assert 0 <= Fraction(total.base) - base < Fraction(0 if same else 1, 10**6) or Fraction(total.base) == base
        assert total.importe is None or 0 <= Fraction(total.importe) - importe < Fraction(1, 10**6)
        assert not same or Fraction(total.importe or 0) == importe
    held = sum(
        (Fraction(r.importe) / Fraction(d.equivalencia_dr) for d in pago.doctos for r in d.retenciones), Fraction(0)
    )
    assert 0 <= sum(Fraction(r.importe) for r in pago.retenciones) - held < Fraction(3, 10**6)
