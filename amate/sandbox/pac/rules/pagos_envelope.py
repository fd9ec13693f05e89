"""CRP20101 to CRP20123: the CFDI around a complement of payments says nothing itself (FISCAL REP-2)."""

from collections.abc import Iterator
from fractions import Fraction

from amate.sandbox.pac.rules.table import Check, Concept, Facts, rule
from amate.sandbox.pac.windows import exact

_SOURCE = "FISCAL REP-2; NT, CR"
_FIXED = (
    ("CRP20101", "TipoDeComprobante", "P"),
    ("CRP20102", "Exportacion", "01"),
    ("CRP20103", "SubTotal", Fraction(0)),
    ("CRP20104", "Moneda", "XXX"),
    ("CRP20110", "Total", Fraction(0)),
)
_ABSENT = (
    ("CRP20105", "FormaPago"),
    ("CRP20106", "MetodoPago"),
    ("CRP20107", "CondicionesDePago"),
    ("CRP20108", "Descuento"),
    ("CRP20109", "TipoCambio"),
)
_LINE_FIXED = (
    ("CRP20113", "ClaveProdServ", "84111506"),
    ("CRP20115", "Cantidad", Fraction(1)),
    ("CRP20116", "ClaveUnidad", "ACT"),
    ("CRP20118", "Descripcion", "Pago"),
    ("CRP20119", "ValorUnitario", Fraction(0)),
    ("CRP20120", "Importe", Fraction(0)),
    ("CRP20122", "ObjetoImp", "01"),
)
_LINE_ABSENT = (("CRP20114", "NoIdentificacion"), ("CRP20117", "Unidad"), ("CRP20121", "Descuento"))


def _differs(written: str, wanted: str | Fraction) -> bool:
    return written != wanted if isinstance(wanted, str) else exact(written) != wanted


def _must_be(name: str, wanted: str | Fraction) -> Check:
    def check(f: Facts) -> Iterator[str]:
        if f.totales is not None and _differs(f.comprobante[name], wanted):
            yield f.comprobante[name]

    return check


def _must_not_be(name: str) -> Check:
    def check(f: Facts) -> Iterator[str]:
        if f.totales is not None and name in f.comprobante:
            yield f.comprobante[name]

    return check


def _line_must_be(name: str, wanted: str | Fraction) -> Check:
    def check(f: Facts) -> Iterator[str]:
        yield from (line.said[name] for line in _lines(f) if _differs(line.said[name], wanted))

    return check


def _line_must_not_have(name: str) -> Check:
    def check(f: Facts) -> Iterator[str]:
        yield from (line.said[name] for line in _lines(f) if name in line.said)

    return check


def _lines(f: Facts) -> list[Concept]:
    return [] if f.totales is None else f.conceptos[:1]


for _code, _name, _wanted in _FIXED:
    rule(_code, f"Con Pagos 2.0, {_name} debe ser {_wanted}", _SOURCE)(_must_be(_name, _wanted))
for _code, _name in _ABSENT:
    rule(_code, f"Con Pagos 2.0, {_name} no debe existir", _SOURCE)(_must_not_be(_name))
for _code, _name, _wanted in _LINE_FIXED:
    rule(_code, f"En el concepto de un pago, {_name} debe ser {_wanted}", _SOURCE)(_line_must_be(_name, _wanted))
for _code, _name in _LINE_ABSENT:
    rule(_code, f"En el concepto de un pago, {_name} no debe existir", _SOURCE)(_line_must_not_have(_name))


@rule("CRP20111", "Con Pagos 2.0 solo existe un Concepto", _SOURCE)
def one_line(f: Facts) -> Iterator[str]:
    if f.totales is not None and len(f.conceptos) != 1:
        yield f"{len(f.conceptos)} conceptos"


@rule("CRP20112", "El concepto de un pago no lleva nodos", _SOURCE)
def nothing_inside(f: Facts) -> Iterator[str]:
    yield from (str(child.tag) for line in _lines(f) for child in line.node)


@rule("CRP20123", "Con Pagos 2.0 no existe el nodo Impuestos", _SOURCE)
def no_taxes(f: Facts) -> Iterator[str]:
    if f.totales is not None and f.impuestos is not None:
        yield "Impuestos"
