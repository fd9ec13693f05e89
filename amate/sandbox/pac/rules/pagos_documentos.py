"""CRP20236 to CRP20261, CRP20278 and CRP20279: each DoctoRelacionado and its taxes (FISCAL REP-5, REP-6)."""

from collections.abc import Iterator

from amate.sandbox.pac.rules.conceptos import known_rate_of, within_rate
from amate.sandbox.pac.rules.payments import Paid, Payment, Said
from amate.sandbox.pac.rules.table import Check, Facts, amount, currency_places, rule
from amate.sandbox.pac.windows import decimals, misfits

_SOURCE, _TAXES = "FISCAL REP-5; NT, CR", "FISCAL REP-6, RND-2; NT, CR"
_IVA, _IEPS = "002", "003"
_WITHOUT_NODE = ("01", "03", "04", "05")


def _each(f: Facts) -> Iterator[tuple[str, Payment, Paid]]:
    for number, payment in enumerate(f.payments, 1):
        for place, document in enumerate(payment.documents, 1):
            yield f"pago {number}, documento {place}", payment, document


@rule("CRP20236", "MonedaDR debe ser distinta de XXX", _SOURCE)
def in_money(f: Facts) -> Iterator[str]:
    yield from (where for where, _, one in _each(f) if one.said["MonedaDR"] == "XXX")


@rule("CRP20237", "EquivalenciaDR es obligatoria si MonedaDR no es MonedaP", _SOURCE)
def other_currency_needs_rate(f: Facts) -> Iterator[str]:
    for where, payment, one in _each(f):
        if one.said["MonedaDR"] != payment.said["MonedaP"] and "EquivalenciaDR" not in one.said:
            yield where


@rule("CRP20238", "Con MonedaDR igual a MonedaP, EquivalenciaDR debe ser 1", _SOURCE)
def same_currency_at_one(f: Facts) -> Iterator[str]:
    for where, payment, one in _each(f):
        if one.said["MonedaDR"] == payment.said["MonedaP"] and one.said.get("EquivalenciaDR") != "1":
            yield f"{where}: {one.said.get('EquivalenciaDR')}"


def _positive(name: str) -> Check:
    def check(f: Facts) -> Iterator[str]:
        yield from (where for where, _, one in _each(f) if amount(one.said, name) <= 0)

    return check


def _places(name: str) -> Check:
    def check(f: Facts) -> Iterator[str]:
        for where, _, one in _each(f):
            if decimals(one.said[name]) > currency_places(one.said["MonedaDR"]):
                yield f"{where}: {one.said[name]}"

    return check


for _code, _name in (("CRP20239", "ImpSaldoAnt"), ("CRP20241", "ImpPagado")):
    rule(_code, f"{_name} debe ser mayor que cero", _SOURCE)(_positive(_name))
for _code, _name in (("CRP20240", "ImpSaldoAnt"), ("CRP20242", "ImpPagado"), ("CRP20243", "ImpSaldoInsoluto")):
    rule(_code, f"{_name} excede los decimales de MonedaDR", _SOURCE)(_places(_name))


@rule("CRP20244", "ImpSaldoInsoluto debe ser ImpSaldoAnt menos ImpPagado, y no negativo", _SOURCE)
def what_is_left(f: Facts) -> Iterator[str]:
    for where, _, one in _each(f):
        left = amount(one.said, "ImpSaldoAnt") - amount(one.said, "ImpPagado")
        if left < 0 or amount(one.said, "ImpSaldoInsoluto") != left:
            yield f"{where}: {one.said['ImpSaldoInsoluto']} ≠ {float(left)}"


@rule("CRP20246", "ObjetoImpDR 02 pide el nodo ImpuestosDR", _SOURCE)
def object_has_taxes(f: Facts) -> Iterator[str]:
    yield from (where for where, _, one in _each(f) if one.said["ObjetoImpDR"] == "02" and not one.has_taxes)


@rule("CRP20247", "Con ObjetoImpDR 01, 03, 04 o 05 no existe ImpuestosDR", _SOURCE)
def no_object_no_taxes(f: Facts) -> Iterator[str]:
    yield from (where for where, _, one in _each(f) if one.said["ObjetoImpDR"] in _WITHOUT_NODE and one.has_taxes)


@rule("CRP20248", "ImpuestosDR debe llevar traslados o retenciones", _SOURCE)
def taxes_not_empty(f: Facts) -> Iterator[str]:
    yield from (where for where, _, one in _each(f) if one.has_taxes and not one.traslados and not one.retenciones)


@rule("CRP20278", "Con ObjetoImpDR 06 u 08 no se desglosan IVA ni IEPS", "FISCAL CON-2, CON-3; MX")
def passes_nothing_on(f: Facts) -> Iterator[str]:
    for where, _, one in _each(f):
        broken_down = {tax["Impuesto"] for tax in (*one.traslados, *one.retenciones)}
        if one.said["ObjetoImpDR"] in ("06", "08") and broken_down & {_IVA, _IEPS}:
            yield where


@rule("CRP20279", "Con ObjetoImpDR 07 se desglosa el IEPS y no el IVA", "FISCAL CON-2, CON-3; MX")
def only_ieps(f: Facts) -> Iterator[str]:
    for where, _, one in _each(f):
        transferred = {tax["Impuesto"] for tax in one.traslados}
        broken_down = transferred | {tax["Impuesto"] for tax in one.retenciones}
        if one.said["ObjetoImpDR"] == "07" and (_IVA in broken_down or _IEPS not in transferred):
            yield where


# ------------------------------------------------------------ their taxes


def _traslados(f: Facts) -> Iterator[tuple[str, Said]]:
    yield from ((where, tax) for where, _, one in _each(f) for tax in one.traslados)


def _retenciones(f: Facts) -> Iterator[tuple[str, Said]]:
    yield from ((where, tax) for where, _, one in _each(f) for tax in one.retenciones)


@rule("CRP20249", "BaseDR de una retención debe ser mayor que cero", _TAXES)
def withheld_of_something(f: Facts) -> Iterator[str]:
    yield from (where for where, tax in _retenciones(f) if amount(tax, "Base") <= 0)


@rule("CRP20252", "TipoFactorDR de una retención no puede ser Exento", _TAXES)
def withheld_is_taxed(f: Facts) -> Iterator[str]:
    yield from (where for where, tax in _retenciones(f) if tax["TipoFactor"] == "Exento")


@rule("CRP20253", "TasaOCuotaDR de una retención está fuera de c_TasaOCuota", _TAXES)
def known_withholding(f: Facts) -> Iterator[str]:
    yield from (f"{where}: {tax['TasaOCuota']}" for where, tax in _retenciones(f) if not within_rate(tax))


@rule("CRP20254", "ImporteDR de una retención está fuera de los límites de BaseDR × TasaOCuotaDR", _TAXES)
def withheld_fits(f: Facts) -> Iterator[str]:
    yield from misfits(_retenciones(f))


@rule("CRP20255", "BaseDR de un traslado debe ser mayor que cero", _TAXES)
def transferred_of_something(f: Facts) -> Iterator[str]:
    yield from (where for where, tax in _traslados(f) if amount(tax, "Base") <= 0)


@rule("CRP20256", "ImpuestoDR de un traslado debe ser IVA o IEPS", _TAXES)
def transferable(f: Facts) -> Iterator[str]:
    yield from (where for where, tax in _traslados(f) if tax["Impuesto"] not in (_IVA, _IEPS))


@rule("CRP20258", "Exento no lleva TasaOCuotaDR ni ImporteDR", _TAXES)
def exempt_is_bare(f: Facts) -> Iterator[str]:
    for where, tax in _traslados(f):
        if tax["TipoFactor"] == "Exento" and ("TasaOCuota" in tax or "Importe" in tax):
            yield where


@rule("CRP20259", "Tasa y Cuota llevan TasaOCuotaDR e ImporteDR", _TAXES)
def taxed_is_whole(f: Facts) -> Iterator[str]:
    for where, tax in _traslados(f):
        if tax["TipoFactor"] != "Exento" and not ("TasaOCuota" in tax and "Importe" in tax):
            yield where


@rule("CRP20260", "TasaOCuotaDR de un traslado no está en c_TasaOCuota", _TAXES)
def known_rate(f: Facts) -> Iterator[str]:
    for where, tax in _traslados(f):
        if "TasaOCuota" in tax and not known_rate_of(tax):
            yield f"{where}: {tax['Impuesto']} {tax['TipoFactor']} {tax['TasaOCuota']}"


@rule("CRP20261", "ImporteDR de un traslado está fuera de los límites de BaseDR × TasaOCuotaDR", _TAXES)
def transferred_fits(f: Facts) -> Iterator[str]:
    yield from misfits(_traslados(f))
