"""CRP20101-20279: each rule finds its fault in a sound REP, at its place, and nothing else."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amate.fiscal.catalogs import installed
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.validate import validate
from amate.fiscal.windows import paid_window
from tests.fiscal.reps import DOLLARS, PESOS
from tests.fiscal.windows_by_fraction import least_and_most_paid


def findings(rep: str, *changes: tuple[str, str]) -> list[Finding]:
    for old, new in changes:
        assert old in rep, old
        rep = rep.replace(old, new, 1)
    return validate(rep.encode(), catalogs=installed())


def errors(rep: str, *changes: tuple[str, str]) -> list[tuple[str, str]]:
    """Code and last step of the place; the schema's own findings aside."""
    return [
        (found.code, found.where.rsplit("/", 1)[-1])
        for found in findings(rep, *changes)
        if found.severity == "error" and found.code != "301"
    ]


def codes(rep: str, *changes: tuple[str, str], severity: str = "error") -> list[str]:
    return [
        found.code for found in findings(rep, *changes) if found.severity == severity and found.code not in ("301",)
    ]


@pytest.mark.parametrize("rep", [PESOS, DOLLARS], ids=["pesos", "dollars"])
def test_a_sound_rep_has_no_error_and_no_warning(rep: str) -> None:
    assert [found for found in findings(rep) if found.severity != "note"] == []


# ------------------------------------------------------------ the envelope

CONCEPTO = 'ValorUnitario="0" Importe="0" ObjetoImp="01"/>'


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ('TipoDeComprobante="P"', 'TipoDeComprobante="T"', "CRP20101", "@TipoDeComprobante"),
        ('Exportacion="01"', 'Exportacion="03"', "CRP20102", "@Exportacion"),
        ('SubTotal="0"', 'SubTotal="1"', "CRP20103", "@SubTotal"),
        ('Moneda="XXX"', 'Moneda="MXN"', "CRP20104", "@Moneda"),
        (' Moneda="XXX"', ' Moneda="XXX" FormaPago="03"', "CRP20105", "@FormaPago"),
        (' Moneda="XXX"', ' Moneda="XXX" MetodoPago="PUE"', "CRP20106", "@MetodoPago"),
        (' Moneda="XXX"', ' Moneda="XXX" CondicionesDePago="x"', "CRP20107", "@CondicionesDePago"),
        (' Moneda="XXX"', ' Moneda="XXX" Descuento="0"', "CRP20108", "@Descuento"),
        (' Moneda="XXX"', ' Moneda="XXX" TipoCambio="1"', "CRP20109", "@TipoCambio"),
        (' Total="0"', ' Total="5"', "CRP20110", "@Total"),
        ("</cfdi:Conceptos>", "<cfdi:Concepto/></cfdi:Conceptos>", "CRP20111", "Conceptos"),
        (CONCEPTO, CONCEPTO[:-2] + '><cfdi:CuentaPredial Numero="1"/></cfdi:Concepto>', "CRP20112", "Concepto"),
        ("84111506", "84111505", "CRP20113", "@ClaveProdServ"),
        (' Cantidad="1"', ' Cantidad="1" NoIdentificacion="1"', "CRP20114", "@NoIdentificacion"),
        (' Cantidad="1"', ' Cantidad="2"', "CRP20115", "@Cantidad"),
        ("ACT", "E48", "CRP20116", "@ClaveUnidad"),
        (' Cantidad="1"', ' Cantidad="1" Unidad="x"', "CRP20117", "@Unidad"),
        ('Descripcion="Pago"', 'Descripcion="PAGO"', "CRP20118", "@Descripcion"),
        ('ValorUnitario="0"', 'ValorUnitario="1"', "CRP20119", "@ValorUnitario"),
        (' Importe="0"', ' Importe="1"', "CRP20120", "@Importe"),
        (' Importe="0"', ' Importe="0" Descuento="0"', "CRP20121", "@Descuento"),
        (' ObjetoImp="01"', ' ObjetoImp="03"', "CRP20122", "@ObjetoImp"),
        ("</cfdi:Conceptos>", "</cfdi:Conceptos><cfdi:Impuestos/>", "CRP20123", "Impuestos"),
    ],
)
def test_the_envelope_has_one_lawful_value_a_field(old: str, new: str, code: str, where: str) -> None:
    assert (code, where) in errors(PESOS, (old, new))


def test_a_receipt_of_payments_without_its_complement_is_refused() -> None:
    start, end = PESOS.index("<cfdi:Complemento>"), PESOS.index("</cfdi:Comprobante>")
    assert codes(PESOS, (PESOS[start:end], "")) == ["REP-2"]


def test_a_second_complement_is_refused_and_another_use_than_cp01_told() -> None:
    start, end = PESOS.index("<pago20:Pagos "), PESOS.index("</cfdi:Complemento>")
    assert codes(PESOS, (PESOS[start:end], PESOS[start:end] * 2)) == ["REP-2"]
    assert codes(PESOS, ('UsoCFDI="CP01"', 'UsoCFDI="G03"'), severity="warning") == ["REP-2"]


# ------------------------------------------------------------ the payment


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('FormaDePagoP="03"', 'FormaDePagoP="99"', "CRP20212"),
        ('MonedaP="MXN"', 'MonedaP="XXX"', "CRP20213"),
        ('TipoCambioP="1"', 'TipoCambioP="1.0"', "CRP20215"),
        ('TipoCambioP="1" ', "", "CRP20215"),
        (' Monto="275.03"', ' Monto="275.02"', "CRP20217"),
        (' Monto="275.03"', ' Monto="0"', "CRP20218"),
        (' Monto="275.03"', ' Monto="275.030"', "CRP20219"),
        ("BMI9704113PA", "BMI9702303PA", "CRP20222"),
        ("BMI9704113PA", "XEXX010101000", "CRP20223"),
        ("0001970000", "00019700001", "CRP20225"),
        ("019800500012345678", "019800500012345", "CRP20226"),
        (' NumOperacion="1"', ' NumOperacion="1" CertPago="AA"', "CRP20231"),
        (' NumOperacion="1"', ' NumOperacion="1" CadPago="AA"', "CRP20233"),
        (' NumOperacion="1"', ' NumOperacion="1" SelloPago="AA"', "CRP20235"),
    ],
)
def test_each_field_of_a_payment_is_held_to_its_rule(old: str, new: str, expected: str) -> None:
    assert expected in codes(PESOS, (old, new))


def test_cash_has_no_accounts_and_no_proof_of_transfer() -> None:
    found = codes(PESOS, ('FormaDePagoP="03"', 'FormaDePagoP="01" TipoCadPago="01"'))
    bank = ["CRP20221", "CRP20224", "CRP20227", "CRP20228"]
    assert found == [*bank, "CRP20229", "CRP20230", "CRP20232", "CRP20234"]


def test_electronic_money_has_the_account_of_who_pays_only() -> None:
    assert codes(PESOS, ('FormaDePagoP="03"', 'FormaDePagoP="06"')) == ["CRP20227", "CRP20228"]


def test_another_currency_needs_its_rate() -> None:
    assert codes(DOLLARS, (' TipoCambioP="18.5"', "")) == ["CRP20214"]


def test_a_payment_later_than_its_receipt_is_told() -> None:
    assert codes(PESOS, ("2026-11-19T12", "2026-11-21T12")) == []
    assert codes(PESOS, ("2026-11-19T12", "2026-11-21T12"), severity="warning") == ["REP-3"]


@pytest.mark.parametrize(
    ("monto", "expected"),
    [
        ("99.81", []),  # 62.70 and 37.11 are the least that the two equivalences allow
        ("99.80", ["CRP20276"]),
        ("62.69", ["CRP20275", "CRP20276"]),
        ("1000.00", []),  # the rest is credit of the customer
    ],
)
def test_several_currencies_are_held_to_the_window_of_their_equivalence(monto: str, expected: list[str]) -> None:
    assert [code for code in codes(DOLLARS, ('Monto="100.00"', f'Monto="{monto}"')) if code != "CRP20211"] == expected


# ------------------------------------------------------------ its documents

FIRST = 'ImpSaldoAnt="94.53" ImpPagado="94.53" ImpSaldoInsoluto="0.00"'


@pytest.mark.parametrize(
    ("rep", "old", "new", "expected"),
    [
        (PESOS, 'MonedaDR="MXN"', 'MonedaDR="XXX"', "CRP20236"),
        (DOLLARS, ' EquivalenciaDR="18.500000"', "", "CRP20237"),
        (PESOS, 'EquivalenciaDR="1"', 'EquivalenciaDR="1.0000000000"', "CRP20238"),
        (PESOS, 'EquivalenciaDR="1" ', "", "CRP20238"),
        (PESOS, FIRST, 'ImpSaldoAnt="0" ImpPagado="94.53" ImpSaldoInsoluto="0.00"', "CRP20239"),
        (PESOS, 'ImpSaldoAnt="94.53"', 'ImpSaldoAnt="94.530"', "CRP20240"),
        (PESOS, FIRST, 'ImpSaldoAnt="94.53" ImpPagado="0" ImpSaldoInsoluto="94.53"', "CRP20241"),
        (PESOS, 'ImpPagado="94.53"', 'ImpPagado="94.530"', "CRP20242"),
        (PESOS, FIRST, FIRST.replace('"0.00"', '"0.000"'), "CRP20243"),
        (PESOS, FIRST, FIRST.replace('"0.00"', '"0.01"'), "CRP20244"),
        (PESOS, 'ImpSaldoAnt="94.53"', 'ImpSaldoAnt="94.52"', "CRP20244"),
        (PESOS, 'ObjetoImpDR="02"', 'ObjetoImpDR="09"', "CRP20245"),
        (PESOS, 'ObjetoImpDR="01"', 'ObjetoImpDR="02"', "CRP20246"),
        (PESOS, 'ObjetoImpDR="02"', 'ObjetoImpDR="05"', "CRP20247"),
        (PESOS, 'ObjetoImpDR="01">', 'ObjetoImpDR="01"><pago20:ImpuestosDR/>', "CRP20248"),
        (PESOS, 'ObjetoImpDR="02"', 'ObjetoImpDR="08"', "CRP20278"),
        (PESOS, 'ObjetoImpDR="02"', 'ObjetoImpDR="07"', "CRP20279"),
        (PESOS, 'ObjetoImpDR="06"', 'ObjetoImpDR="07"', "CRP20279"),
    ],
)
def test_each_field_of_a_paid_invoice_is_held_to_its_rule(rep: str, old: str, new: str, expected: str) -> None:
    assert expected in codes(rep, (old, new))


def test_objetos_06_to_08_did_not_exist_before_their_day() -> None:
    old = ("2026-11-20T12:00:00", "2024-12-12T12:00:00"), ("2026-11-19T12", "2024-12-11T12")
    assert codes(PESOS, *old) == ["CRP20245", "CRP20245"]


def test_the_same_instalment_twice_is_told() -> None:
    twice = ('384CD2"', '384CD1"'), ('NumParcialidad="2"', 'NumParcialidad="1"')
    assert codes(PESOS, *twice) == []
    assert codes(PESOS, *twice, severity="warning") == ["REP-10"]


# ------------------------------------------------------------ taxes of a document

HELD = 'BaseDR="100.00" ImpuestoDR="001" TipoFactorDR="Tasa" TasaOCuotaDR="0.100000" ImporteDR="10.00"'
CHARGED = 'BaseDR="100.00" ImpuestoDR="002" TipoFactorDR="Tasa" TasaOCuotaDR="0.160000" ImporteDR="16.00"'
EXEMPT = 'BaseDR="30.00" ImpuestoDR="002" TipoFactorDR="Exento"'


@pytest.mark.parametrize(
    ("tax", "old", "new", "expected"),
    [
        (HELD, 'BaseDR="100.00"', 'BaseDR="0"', "CRP20249"),
        (HELD, '"001"', '"009"', "CRP20250"),
        (HELD, '"Tasa"', '"Otro"', "CRP20251"),
        (HELD, '"Tasa"', '"Exento"', "CRP20252"),
        (HELD, '"0.100000"', '"0.360000"', "CRP20253"),
        (HELD, '"10.00"', '"10.02"', "CRP20254"),
        (CHARGED, 'BaseDR="100.00"', 'BaseDR="0"', "CRP20255"),
        (CHARGED, '"002"', '"001"', "CRP20256"),
        (CHARGED, '"Tasa"', '"Otro"', "CRP20257"),
        (EXEMPT, '"Exento"', '"Exento" ImporteDR="0"', "CRP20258"),
        (CHARGED, ' ImporteDR="16.00"', "", "CRP20259"),
        (CHARGED, '"0.160000"', '"0.150000"', "CRP20260"),
        (CHARGED, '"16.00"', '"16.02"', "CRP20261"),
    ],
)
def test_each_tax_of_a_paid_invoice_is_held_to_its_rule(tax: str, old: str, new: str, expected: str) -> None:
    assert expected in codes(PESOS, (tax, tax.replace(old, new)))


@pytest.mark.parametrize("importe", ["15.99", "16.00", "16.01"])
def test_the_window_of_a_tax_is_as_wide_as_the_sats(importe: str) -> None:
    """(100.00 ± 0.005) × 0.16, to the cent below and above: 15.99 to 16.01."""
    assert "CRP20261" not in codes(PESOS, (CHARGED, CHARGED.replace("16.00", importe)))


# ------------------------------------------------------------ taxes of the payment, and the totals

HELD_P = '<pago20:RetencionP ImpuestoP="001" ImporteP="10.50"/>'
CHARGED_P = 'BaseP="100.00" ImpuestoP="002" TipoFactorP="Tasa" TasaOCuotaP="0.160000" ImporteP="16.00"'
EXEMPT_P = 'BaseP="30.00" ImpuestoP="002" TipoFactorP="Exento"'


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (HELD_P, HELD_P.replace('"001"', '"009"'), "CRP20262"),
        (HELD_P, HELD_P * 2, "CRP20263"),
        (HELD_P, HELD_P.replace("10.50", "10.51"), "CRP20265"),
        (HELD_P, "", "CRP20265"),
        (CHARGED_P, CHARGED_P.replace('BaseP="100.00" ', ""), "CRP20266"),
        (EXEMPT_P, EXEMPT_P + ' ImporteP="0"', "CRP20266"),
        (CHARGED_P, CHARGED_P.replace('"100.00"', '"100.01"'), "CRP20268"),
        (CHARGED_P, CHARGED_P.replace('"100.00"', '"99.99"'), "CRP20268"),
        (f"<pago20:TrasladoP {CHARGED_P}/>", "", "CRP20268"),
        (EXEMPT_P, EXEMPT_P.replace("30.00", "30.01"), "CRP20269"),
        (f"<pago20:TrasladoP {EXEMPT_P}/>", "", "CRP20269"),
        (CHARGED_P, CHARGED_P.replace('"002"', '"001"'), "CRP20270"),
        (f"<pago20:TrasladoP {CHARGED_P}/>", f"<pago20:TrasladoP {CHARGED_P}/>" * 2, "CRP20271"),
        (CHARGED_P, CHARGED_P.replace("0.160000", "0.150000"), "CRP20272"),
        (CHARGED_P, CHARGED_P.replace('"16.00"', '"16.01"'), "CRP20274"),
        ('TotalRetencionesIVA="10.67"', 'TotalRetencionesIVA="10.66"', "CRP20201"),
        ('TotalRetencionesISR="10.50"', 'TotalRetencionesISR="10.66"', "CRP20202"),
        ('TotalRetencionesIEPS="0.80"', 'TotalRetencionesIEPS="10.66"', "CRP20203"),
        ('BaseIVA16="100.00"', 'BaseIVA16="100.01"', "CRP20204"),
        ('ImpuestoIVA16="16.00"', 'ImpuestoIVA16="16.01"', "CRP20205"),
        ('BaseIVA8="50.00"', 'BaseIVA8="50.01"', "CRP20206"),
        ('ImpuestoIVA8="4.00"', 'ImpuestoIVA8="4.01"', "CRP20207"),
        ('BaseIVA0="20.00"', 'BaseIVA0="20.01"', "CRP20208"),
        ('ImpuestoIVA0="0.00"', 'ImpuestoIVA0="0.01"', "CRP20209"),
        ('IVAExento="30.00"', 'IVAExento="30.01"', "CRP20210"),
        ('MontoTotalPagos="275.03"', 'MontoTotalPagos="275.04"', "CRP20211"),
        ('TotalRetencionesISR="10.50" ', "", "CRP20264"),
        ('TotalTrasladosBaseIVA8="50.00" ', "", "CRP20267"),
        ('TotalTrasladosBaseIVAExento="30.00" ', "", "CRP20267"),
        ('TotalTrasladosImpuestoIVA0="0.00" ', "", "CRP20273"),
    ],
)
def test_sums_and_totals_are_held_to_their_rule(old: str, new: str, expected: str) -> None:
    assert expected in codes(PESOS, (old, new))


def test_a_total_of_no_tax_is_told() -> None:
    added = ("<pago20:Totales ", '<pago20:Totales TotalRetencionesISR="0.00" ')
    assert codes(DOLLARS, added) == []
    assert codes(DOLLARS, added, severity="warning") == ["CRP20202"]


BASE, TAX = 'BaseP="86.054055"', 'ImporteP="13.768649"'


def test_a_base_cut_below_the_sum_was_stamped_until_september_2026() -> None:
    cut = (BASE, 'BaseP="86.054054"')
    before = ("2026-11-20T12", "2026-09-14T12"), ("2026-11-19T12", "2026-09-13T12")
    assert codes(DOLLARS, cut) == ["CRP20268"]
    assert codes(DOLLARS, cut, *before) == []
    assert codes(DOLLARS, cut, *before, severity="warning") == ["CRP20268"]
    assert codes(DOLLARS, (BASE, 'BaseP="86.054053"'), *before) == ["CRP20268"]


def test_the_tax_in_another_currency_may_be_cut_or_rounded() -> None:
    assert codes(DOLLARS, (TAX, 'ImporteP="13.768648"')) == []
    assert codes(DOLLARS, (TAX, 'ImporteP="13.768650"')) == ["CRP20274"]


@given(
    st.integers(1, 10**9).map(lambda cents: Decimal(cents).scaleb(-2)),
    st.one_of(
        st.just(Decimal(1)),
        st.tuples(st.integers(1, 10**9), st.integers(0, 10)).map(lambda pair: Decimal(pair[0]).scaleb(-pair[1])),
    ),
    st.sampled_from([0, 2, 3]),
)
def test_the_window_of_what_was_paid_is_the_guides(pagado: Decimal, equivalencia: Decimal, decimals: int) -> None:
    window = paid_window(pagado, equivalencia, decimals=decimals)
    low, high = least_and_most_paid(format(pagado, "f"), format(equivalencia, "f"), decimals)
    assert (Fraction(window.low), Fraction(window.high)) == (low, high)
