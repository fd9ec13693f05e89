"""What a REP says (type P, Pagos 2.0), as the texts its paper prints: each payment and what it pays of each invoice."""

from decimal import Decimal
from typing import Any

from lxml.etree import _Element

from amate.papers.facts import TAXES, CannotPrint, Pair, field, figure, moment, named, tax_name
from amate.papers.language import Say
from amate.papers.words import in_words
from amate.papers.words_en import in_english_words

PAGO = "{http://www.sat.gob.mx/Pagos20}"
MXN = "MXN"
# In the order of the node Totales (FISCAL REP-7).
_TOTALS = (
    ("TotalTrasladosBaseIVA16", "TotalTrasladosImpuestoIVA16", "0.160000"),
    ("TotalTrasladosBaseIVA8", "TotalTrasladosImpuestoIVA8", "0.080000"),
    ("TotalTrasladosBaseIVA0", "TotalTrasladosImpuestoIVA0", "0.000000"),
)
_HELD = (
    ("TotalRetencionesISR", "001"),
    ("TotalRetencionesIVA", "002"),
    ("TotalRetencionesIEPS", "003"),
)


def payments(root: _Element, say: Say, *, lang: str) -> list[dict[str, Any]]:
    """One entry a Pago: its own `facts`, and one row a document it pays in `documents`."""
    return [
        {
            "amount": _money(field(one, "Monto"), field(one, "MonedaP")),
            "facts": _facts(one, say, lang=lang),
            "documents": _documents(one, say),
        }
        for one in _pagos(root).iterchildren(PAGO + "Pago")
    ]


def sums(root: _Element, say: Say) -> list[Pair]:
    """What was transferred and withheld over all payments, in pesos."""
    totals = _totals(root)
    rows: list[Pair] = []
    for base, tax, rate in _TOTALS:
        if (amount := totals.get(base)) is not None:
            percent = figure(str(Decimal(rate) * 100), least=0)
            rows.append(
                (f"IVA {percent} % {say('sobre')} {figure(amount, least=2)}", figure(totals.get(tax, "0"), least=2))
            )
    if (exempt := totals.get("TotalTrasladosBaseIVAExento")) is not None:
        rows.append((f"IVA {say('exento')} {say('sobre')} {figure(exempt, least=2)}", say("Exento")))
    rows += [
        (f"{TAXES[key]} {say('retenido')}", f"−{figure(held, least=2)}")
        for name, key in _HELD
        if (held := totals.get(name)) is not None
    ]
    return rows


def total(root: _Element) -> str:
    return _money(field(_totals(root), "MontoTotalPagos"), MXN)


def total_in_words(root: _Element, *, lang: str) -> str:
    spoken = in_words if lang == "es" else in_english_words
    return spoken(Decimal(field(_totals(root), "MontoTotalPagos")), MXN)


def _facts(pago: _Element, say: Say, *, lang: str) -> list[Pair]:
    currency = field(pago, "MonedaP")
    said = [
        ("Recibido", moment(field(pago, "FechaPago"), lang=lang)),
        ("Forma de pago", named("c_FormaPago", field(pago, "FormaDePagoP"))),
        ("Tipo de cambio", pago.get("TipoCambioP", "") if currency != MXN else ""),
        ("Número de operación", pago.get("NumOperacion", "")),
        ("Banco ordenante", " ".join(filter(None, (pago.get("NomBancoOrdExt"), pago.get("RfcEmisorCtaOrd"))))),
        ("Cuenta ordenante", _masked(pago.get("CtaOrdenante", ""))),
        (
            "Cuenta beneficiaria",
            " ".join(filter(None, (_masked(pago.get("CtaBeneficiario", "")), pago.get("RfcEmisorCtaBen")))),
        ),
    ]
    return [(say(name), value) for name, value in said if value]


def _masked(account: str) -> str:
    """Its last four: paper is left lying about, and whoever needs the whole number has the XML (FACE DOC-5).

    >>> _masked("012180001234567891"), _masked("7891"), _masked("")
    ('…7891', '7891', '')
    """
    return f"…{account[-4:]}" if len(account) > 4 else account


def _documents(pago: _Element, say: Say) -> list[dict[str, Any]]:
    return [
        {
            "folio": "-".join(filter(None, (one.get("Serie"), one.get("Folio")))),
            "uuid": field(one, "IdDocumento").upper(),
            "parcialidad": field(one, "NumParcialidad"),
            "before": figure(field(one, "ImpSaldoAnt"), least=2),
            "paid": figure(field(one, "ImpPagado"), least=2),
            "after": figure(field(one, "ImpSaldoInsoluto"), least=2),
            "notes": _notes(one, pago, say),
        }
        for one in pago.iterchildren(PAGO + "DoctoRelacionado")
    ]


def _notes(document: _Element, pago: _Element, say: Say) -> list[str]:
    """Currency where it is another than the payment's, object of tax, and every tax that this payment pays."""
    said = [named("c_ObjetoImp", field(document, "ObjetoImpDR"))]
    currency = field(document, "MonedaDR")
    if currency != field(pago, "MonedaP"):
        said.append(f"{currency}, {say('equivalencia')} {field(document, 'EquivalenciaDR')}")
    for tax in document.iter(PAGO + "TrasladoDR"):
        base, amount = figure(field(tax, "BaseDR"), least=2), tax.get("ImporteDR")
        name = f"{tax_name(tax, say, suffix='DR')} {say('sobre')} {base}"
        said.append(f"{name}: {figure(amount, least=2)}" if amount else name)
    for tax in document.iter(PAGO + "RetencionDR"):
        amount = figure(field(tax, "ImporteDR"), least=2)
        said.append(f"{tax_name(tax, say, suffix='DR')} {say('retenido')}: {amount}")
    return [" · ".join(said)]


def _money(amount: str, currency: str) -> str:
    return f"${figure(amount, least=2)} {currency}"


def _pagos(root: _Element) -> _Element:
    found = next(root.iter(PAGO + "Pagos"), None)
    if found is None:
        raise CannotPrint("Este CFDI es de tipo P y no lleva el complemento Pagos 2.0: pide el XML original.")
    return found


def _totals(root: _Element) -> _Element:
    found = _pagos(root).find(PAGO + "Totales")
    if found is None:
        raise CannotPrint("Al complemento de pagos le falta el nodo Totales: pide el XML original.")
    return found
