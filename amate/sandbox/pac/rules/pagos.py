"""CRP20212 to CRP20235 and CRP20276: each Pago, its money and its bank fields (FISCAL REP-3, REP-4)."""

import re
from collections.abc import Iterator
from fractions import Fraction

from amate.sandbox.pac.rules.payments import Payment, Said
from amate.sandbox.pac.rules.table import Check, Facts, amount, currency_places, rule
from amate.sandbox.pac.windows import decimals, exact

_SOURCE, _BANK = "FISCAL REP-3; NT, CR", "FISCAL REP-4; CAT, NT"
_CARD = "[0-9]{10,11}|[0-9]{15,16}|[0-9]{18}|[A-Z0-9_]{10,50}"
# Form of payment → what its accounts look like, ordering and beneficiary (c_FormaPago); absent: not allowed.
_ORDERING = {
    "02": "[0-9]{11}|[0-9]{18}",
    "03": "[0-9]{10}|[0-9]{16}|[0-9]{18}",
    "04": "[0-9]{16}",
    "05": _CARD,
    "06": "[0-9]{10}",
    "28": "[0-9]{16}",
    "29": "[0-9]{15,16}",
}
_BENEFICIARY = {"02": _CARD, "03": "[0-9]{10}|[0-9]{18}", "04": _CARD, "05": _CARD, "28": _CARD, "29": _CARD}
_FOREIGN_BANK = "XEXX010101000"


def _each(f: Facts) -> Iterator[tuple[str, Payment]]:
    for number, payment in enumerate(f.payments, 1):
        yield f"pago {number}", payment


@rule("CRP20212", "FormaDePagoP debe ser distinta de 99", _SOURCE)
def paid_somehow(f: Facts) -> Iterator[str]:
    yield from (where for where, one in _each(f) if one.said["FormaDePagoP"] == "99")


@rule("CRP20213", "MonedaP debe ser distinta de XXX", _SOURCE)
def paid_in_money(f: Facts) -> Iterator[str]:
    yield from (where for where, one in _each(f) if one.said["MonedaP"] == "XXX")


@rule("CRP20214", "TipoCambioP es obligatorio con una moneda distinta de MXN", _SOURCE)
def foreign_needs_rate(f: Facts) -> Iterator[str]:
    for where, one in _each(f):
        if one.said["MonedaP"] not in ("MXN", "XXX") and "TipoCambioP" not in one.said:
            yield where


@rule("CRP20215", "Con MonedaP MXN, TipoCambioP debe ser 1", _SOURCE)
def pesos_at_one(f: Facts) -> Iterator[str]:
    for where, one in _each(f):
        if one.said["MonedaP"] == "MXN" and one.said.get("TipoCambioP") != "1":
            yield f"{where}: {one.said.get('TipoCambioP')}"


@rule("CRP20217", "La suma de ImpPagado es mayor que Monto", _SOURCE)
def enough_in_one_currency(f: Facts) -> Iterator[str]:
    for where, one in _each(f):
        if not _mixed(one):
            paid = sum((amount(document.said, "ImpPagado") for document in one.documents), Fraction(0))
            if amount(one.said, "Monto") < paid:
                yield f"{where}: {one.said['Monto']} < {float(paid)}"


@rule("CRP20218", "Monto debe ser mayor que cero", _SOURCE)
def something_was_paid(f: Facts) -> Iterator[str]:
    yield from (where for where, one in _each(f) if amount(one.said, "Monto") <= 0)


@rule("CRP20219", "Monto excede los decimales de MonedaP", _SOURCE)
def decimals_of_the_currency(f: Facts) -> Iterator[str]:
    for where, one in _each(f):
        if decimals(one.said["Monto"]) > currency_places(one.said["MonedaP"]):
            yield f"{where}: {one.said['Monto']}"


@rule("CRP20276", "La suma de ImpPagado, convertida, es mayor que Monto", "FISCAL REP-3, REP-5; CR")
def enough_in_several_currencies(f: Facts) -> Iterator[str]:
    """Blurred by half a unit of what was written: the least that the documents can be worth."""
    for where, one in _each(f):
        if _mixed(one):
            least = sum((_least(document.said) for document in one.documents), Fraction(0))
            if amount(one.said, "Monto") + _half(one.said["Monto"]) < least:
                yield f"{where}: {one.said['Monto']} < {float(least):.6f}"


def _mixed(one: Payment) -> bool:
    return any(document.said["MonedaDR"] != one.said["MonedaP"] for document in one.documents)


def _least(said: Said) -> Fraction:
    paid, rate = said["ImpPagado"], said.get("EquivalenciaDR", "1")
    return (exact(paid) - _half(paid)) / (exact(rate) + _half(rate))


def _half(text: str) -> Fraction:
    return Fraction(1, 2 * 10 ** decimals(text))


# ------------------------------------------------------------ the bank


def _only_with(name: str, forms: dict[str, str]) -> Check:
    def check(f: Facts) -> Iterator[str]:
        for where, one in _each(f):
            if name in one.said and one.said["FormaDePagoP"] not in forms:
                yield f"{where}: {name} con forma {one.said['FormaDePagoP']}"

    return check


def _looks_like(name: str, forms: dict[str, str]) -> Check:
    def check(f: Facts) -> Iterator[str]:
        for where, one in _each(f):
            pattern = forms.get(one.said["FormaDePagoP"])
            if name in one.said and pattern is not None and not re.fullmatch(pattern, one.said[name]):
                yield f"{where}: {one.said[name]}"

    return check


for _code, _name, _forms in (
    ("CRP20221", "RfcEmisorCtaOrd", _ORDERING),
    ("CRP20224", "CtaOrdenante", _ORDERING),
    ("CRP20227", "RfcEmisorCtaBen", _BENEFICIARY),
    ("CRP20228", "CtaBeneficiario", _BENEFICIARY),
):
    rule(_code, f"{_name} no se registra con esta forma de pago", _BANK)(_only_with(_name, _forms))
for _code, _name, _forms in (("CRP20225", "CtaOrdenante", _ORDERING), ("CRP20226", "CtaBeneficiario", _BENEFICIARY)):
    rule(_code, f"{_name} no cumple el patrón de su forma de pago", _BANK)(_looks_like(_name, _forms))


@rule("CRP20223", "De un banco extranjero se registra NomBancoOrdExt", _BANK)
def foreign_bank_has_a_name(f: Facts) -> Iterator[str]:
    for where, one in _each(f):
        if one.said.get("RfcEmisorCtaOrd") == _FOREIGN_BANK and "NomBancoOrdExt" not in one.said:
            yield where


@rule("CRP20229", "TipoCadPago solo se registra con la forma 03", _BANK)
def chain_of_a_transfer(f: Facts) -> Iterator[str]:
    for where, one in _each(f):
        if "TipoCadPago" in one.said and one.said["FormaDePagoP"] != "03":
            yield where


def _goes_with_chain(name: str, *, missing: bool) -> Check:
    def check(f: Facts) -> Iterator[str]:
        for where, one in _each(f):
            chain, there = "TipoCadPago" in one.said, name in one.said
            if (chain and not there) if missing else (there and not chain):
                yield where

    return check


for _first, _name in ((20230, "CertPago"), (20232, "CadPago"), (20234, "SelloPago")):
    rule(f"CRP{_first}", f"Con TipoCadPago se registra {_name}", _BANK)(_goes_with_chain(_name, missing=True))
    rule(f"CRP{_first + 1}", f"Sin TipoCadPago no existe {_name}", _BANK)(_goes_with_chain(_name, missing=False))
