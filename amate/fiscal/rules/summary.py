"""The summary of taxes.

CFDI40201 who carries none · 40202, 40203, 40206 and 40209 TotalImpuestosRetenidos · 40204, 40205 and 40212
TotalImpuestosTrasladados · 40207-40208 and 40210-40211 Retenciones · 40213-40221 Traslados.

The summary is the rounded sum of the lines, never base x rate (FISCAL TAX-5).
"""

from collections.abc import Iterator
from decimal import Decimal

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.rules.comprobante import rounded
from amate.fiscal.rules.finding import Finding, error
from amate.fiscal.rules.keys import Rates
from amate.fiscal.rules.raw import Tax, places
from amate.fiscal.rules.reading import Reading, Summary
from amate.fiscal.schema import path_of
from amate.fiscal.tables.impuestos import EXENTO, IEPS, IMPUESTOS, IVA

_ZERO = Decimal(0)
_CHARGED = frozenset({IVA, IEPS})
_Kind = tuple[str, str, Decimal | None]


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    if doc.tipo in {"T", "P"}:
        if doc.summary is not None:
            yield error("CFDI40201", "Impuestos", f"Un comprobante de tipo {doc.tipo} no lleva resumen de impuestos.")
        return
    bases, charged, held = _added(doc)
    if doc.summary is None:
        yield from _missing(charged, bases, held)
        return
    yield from _totals(doc.summary, doc.decimals)
    yield from _retenciones(doc.summary, held, doc.decimals)
    rates = Rates(catalogs, doc.as_of)
    for tax in doc.summary.traslados:
        yield from _traslado(tax, rates, doc.decimals)
    yield from _traslados(doc.summary, bases, charged, doc.decimals)


def _added(doc: Reading) -> tuple[dict[_Kind, Decimal], dict[_Kind, Decimal], dict[str, Decimal]]:
    """Σ Base and Σ Importe of the lines by tax, factor and rate; Σ withheld by tax."""
    bases: dict[_Kind, Decimal] = {}
    charged: dict[_Kind, Decimal] = {}
    held: dict[str, Decimal] = {}
    for line in doc.lines:
        for tax in line.traslados:
            kind = (tax.impuesto, tax.factor, tax.tasa)
            bases[kind] = bases.get(kind, _ZERO) + (tax.base or _ZERO)
            charged[kind] = charged.get(kind, _ZERO) + (tax.importe or _ZERO)
        for tax in line.retenciones:
            held[tax.impuesto] = held.get(tax.impuesto, _ZERO) + (tax.importe or _ZERO)
    return bases, charged, held


def _missing(charged: dict[_Kind, Decimal], bases: dict[_Kind, Decimal], held: dict[str, Decimal]) -> Iterator[Finding]:
    if held:
        yield error("CFDI40206", "Impuestos", "Hay conceptos con retenciones y falta el resumen de impuestos.")
    if any(factor != EXENTO for _, factor, _ in charged):
        yield error("CFDI40212", "Impuestos", "Hay conceptos con traslados y falta el resumen de impuestos.")
    elif bases:
        yield error("CFDI40216", "Impuestos", "Hay conceptos exentos y falta su base en el resumen de impuestos.")


def _totals(summary: Summary, decimals: int) -> Iterator[Finding]:
    pairs = (
        (
            "TotalImpuestosRetenidos",
            summary.total_retenidos,
            summary.retenciones,
            "CFDI40202",
            "CFDI40203",
            "CFDI40206",
        ),
        (
            "TotalImpuestosTrasladados",
            summary.total_trasladados,
            [tax for tax in summary.traslados if tax.factor != EXENTO],
            "CFDI40204",
            "CFDI40205",
            "CFDI40212",
        ),
    )
    for name, total, taxes, too_long, not_sum, not_there in pairs:
        where = f"Impuestos/@{name}"
        if name not in summary.attrs:
            if taxes:
                yield error(not_there, where, f"Falta {name}: el resumen lleva impuestos que sumar.")
            continue
        if not taxes:
            yield error(not_there, where, f"Sobra {name}: el resumen no lleva impuestos que sumar.")
        if total is None:
            continue
        if places(summary.attrs[name]) > decimals:
            yield error(too_long, where, f"{name} lleva más de {decimals} decimales, los de su moneda.")
        added = sum((tax.importe for tax in taxes if tax.importe is not None), _ZERO)
        if taxes and total != added and total != rounded(added, decimals):
            yield error(not_sum, where, f"{name} dice {total} y los importes suman {added}.")


def _retenciones(summary: Summary, held: dict[str, Decimal], decimals: int) -> Iterator[Finding]:
    if summary.retenciones and "TotalImpuestosRetenidos" not in summary.attrs:
        yield _at(summary.retenciones[0], "CFDI40209", "Importe", "Hay retenciones y falta TotalImpuestosRetenidos.")
    seen: set[str] = set()
    for tax in summary.retenciones:
        if tax.impuesto not in IMPUESTOS:
            yield _at(tax, "CFDI40207", "Impuesto", f"“{tax.impuesto}” no es un impuesto: 001, 002 o 003.")
        yield from _too_long(tax, "CFDI40210", "Importe", decimals)
        if tax.impuesto in seen:
            yield _at(tax, "CFDI40208", "Impuesto", f"La retención {tax.impuesto} está dos veces: júntala en una.")
        seen.add(tax.impuesto)
        added = held.get(tax.impuesto, _ZERO)
        if tax.importe is not None and not _is(tax.importe, added, decimals):
            yield _at(tax, "CFDI40211", "Importe", f"La retención dice {tax.importe} y los conceptos suman {added}.")
    for impuesto in held.keys() - seen:
        where = "Impuestos/Retenciones"
        yield error("CFDI40211", where, f"Falta en el resumen la retención {impuesto} de los conceptos.")


def _traslado(tax: Tax, rates: Rates, decimals: int) -> Iterator[Finding]:
    if tax.factor == EXENTO and ("TasaOCuota" in tax.attrs or "Importe" in tax.attrs):
        yield _at(tax, "CFDI40213", None, "Un traslado Exento lleva en el resumen solo Base, Impuesto y TipoFactor.")
    yield from _too_long(tax, "CFDI40214", "Base", decimals)
    if tax.impuesto not in _CHARGED:
        yield _at(tax, "CFDI40217", "Impuesto", f"“{tax.impuesto}” no se traslada: solo IVA (002) e IEPS (003).")
    if tax.factor != EXENTO and not rates.has(tax.impuesto, tax.factor, tax.tasa, retencion=False):
        said = f"“{tax.attrs.get('TasaOCuota', '')}” no es una tasa del catálogo para el impuesto {tax.impuesto}."
        yield _at(tax, "CFDI40219", "TasaOCuota", said)
    yield from _too_long(tax, "CFDI40220", "Importe", decimals)


def _too_long(tax: Tax, code: str, name: str, decimals: int) -> Iterator[Finding]:
    if places(tax.attrs.get(name, "")) > decimals:
        yield _at(tax, code, name, f"{name} lleva en el resumen más de {decimals} decimales, los de su moneda.")


def _traslados(
    summary: Summary, bases: dict[_Kind, Decimal], charged: dict[_Kind, Decimal], decimals: int
) -> Iterator[Finding]:
    seen: set[_Kind] = set()
    for tax in summary.traslados:
        kind = (tax.impuesto, tax.factor, tax.tasa)
        if kind in seen:
            yield _at(tax, "CFDI40218", None, "Dos traslados con el mismo impuesto, factor y tasa: júntalos en uno.")
        seen.add(kind)
        base = bases.get(kind, _ZERO)
        if tax.base is not None and not _is(tax.base, base, decimals):
            code = "CFDI40216" if tax.factor == EXENTO else "CFDI40215"
            yield _at(tax, code, "Base", f"La base dice {tax.base} y las de los conceptos suman {base}.")
        added = charged.get(kind, _ZERO)
        if tax.importe is not None and not _is(tax.importe, added, decimals):
            yield _at(tax, "CFDI40221", "Importe", f"El impuesto dice {tax.importe} y los conceptos suman {added}.")
    for impuesto, factor, tasa in bases.keys() - seen:
        code = "CFDI40216" if factor == EXENTO else "CFDI40215"
        said = f"Falta en el resumen el traslado {impuesto} {factor} {tasa or ''} de los conceptos."
        yield error(code, "Impuestos/Traslados", said.replace("  ", " "))


def _is(value: Decimal, added: Decimal, decimals: int) -> bool:
    return value == added or value == rounded(added, decimals)


def _at(tax: Tax, code: str, attribute: str | None, message: str) -> Finding:
    return error(code, path_of(tax.element, attribute), message)
