"""One XML of the company's past, as plain values; or why it does not come in. Its seal is not proven: a person confirms."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from lxml import etree

from amate.fiscal.tables.impuestos import IVA
from amate.fiscal.xml import CFDI, PAGOS, TFD, MalformedXml, parse
from amate.intake.past.concept import key_of, without_when

INGRESO, EGRESO, PAGO = "I", "E", "P"
KEPT = frozenset({INGRESO, EGRESO, PAGO})
_C, _P = f"{{{CFDI}}}", f"{{{PAGOS}}}"
_ROOT, _COMPLEMENTO = f"{_C}Comprobante", f"{_C}Complemento"
_TIMBRE = f"{_COMPLEMENTO}/{{{TFD}}}TimbreFiscalDigital"
_OLD = re.compile(r"\{http://www\.sat\.gob\.mx/cfd/[23]\}Comprobante")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_FECHA = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d")
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,6})?")
_RFC = re.compile(r"[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3}")
MOST_PARCIALIDAD = 32_767

NOT_A_CFDI = "No es un CFDI: deja solo los XML de tus facturas"
OLD_ONE = "Es un CFDI {}: solo entran los 4.0. Su saldo, si lo tiene, se sube en Saldos iniciales"
UNSTAMPED = "No tiene timbre del SAT: no es una factura que valga"
OF_ANOTHER = "La emitió {}, no tu empresa ({})"
WRONG = "Su {} no es como el SAT lo escribe: descarga otra vez el XML original"


class NotPast(Exception):
    """It does not come in, and a person should know. The message is Spanish."""


class NoConcern(Exception):
    """It does not come in, and need not: payroll and transfers owe nothing."""


@dataclass(frozen=True, slots=True)
class PaidOf:
    """What a REP says of one invoice, in that invoice's currency. `place`: its own among those of the REP."""

    place: int
    uuid: UUID
    parcialidad: int
    saldo_ant: Decimal
    pagado: Decimal
    insoluto: Decimal
    moneda: str
    paid_on: date


@dataclass(frozen=True, slots=True)
class Past:
    """`sold`: of each line what a list of products needs. `names`: (tipo_relacion, uuid) of other documents. `iva`: transferred."""

    uuid: UUID
    tipo: str
    serie: str
    folio: str
    fecha: str
    rfc: str
    nombre: str
    cp: str
    regimen: str
    uso: str
    moneda: str
    metodo_pago: str
    total: Decimal
    iva: Decimal
    sold: list[dict[str, Any]]
    pays: tuple[PaidOf, ...]
    names: tuple[tuple[str, UUID], ...]
    xml: bytes


def read_past(xml: bytes, *, emisor: str) -> Past:
    """Raises NotPast and NoConcern."""
    try:
        root = parse(xml)
    except MalformedXml as broken:
        raise NotPast(str(broken)) from broken
    if root.tag != _ROOT:
        old = isinstance(root.tag, str) and _OLD.fullmatch(root.tag)
        raise NotPast(OLD_ONE.format((root.get("Version") or root.get("version") or "3.3")[:5]) if old else NOT_A_CFDI)
    issuer, receptor, timbre = root.find(f"{_C}Emisor"), root.find(f"{_C}Receptor"), root.find(_TIMBRE)
    if timbre is None:
        raise NotPast(UNSTAMPED)
    if issuer is None or receptor is None:
        raise NotPast(NOT_A_CFDI)
    if (said := issuer.get("Rfc", "").upper()) != emisor:
        raise NotPast(OF_ANOTHER.format(said[:13] or "alguien sin RFC", emisor))
    tipo = root.get("TipoDeComprobante", "")
    if tipo not in KEPT:
        raise NoConcern
    return Past(
        uuid=_uuid(timbre, "UUID"),
        tipo=tipo,
        serie=_text(root, "Serie", 25),
        folio=_text(root, "Folio", 40),
        fecha=_fecha(root, "Fecha"),
        rfc=_rfc(receptor),
        nombre=_text(receptor, "Nombre", 300),
        cp=_text(receptor, "DomicilioFiscalReceptor", 5),
        regimen=_text(receptor, "RegimenFiscalReceptor", 3),
        uso=_text(receptor, "UsoCFDI", 4),
        moneda=_text(root, "Moneda", 3),
        metodo_pago=_text(root, "MetodoPago", 3),
        total=_number(root, "Total"),
        iva=_iva(root),
        sold=_sold(root) if tipo == INGRESO else [],
        pays=_pays(root) if tipo == PAGO else (),
        names=_names(root),
        xml=xml,
    )


def _sold(root: etree._Element) -> list[dict[str, Any]]:
    return [_line(node) for node in root.iterfind(f"{_C}Conceptos/{_C}Concepto")]


def _line(node: etree._Element) -> dict[str, Any]:
    descripcion, own = _text(node, "Descripcion", 1000), _text(node, "NoIdentificacion", 100)
    clave, unidad = _text(node, "ClaveProdServ", 8), _text(node, "ClaveUnidad", 3)
    taxes = [
        [tax.get("Impuesto", ""), tax.get("TipoFactor", ""), tax.get("TasaOCuota")]
        for tax in node.iterfind(f"{_C}Impuestos/{_C}Traslados/{_C}Traslado")
    ]
    return {
        "key": key_of(own, descripcion, clave, unidad),
        "descripcion": without_when(descripcion),
        "clave": clave,
        "unidad": unidad,
        "unidad_texto": _text(node, "Unidad", 20),
        "objeto": _text(node, "ObjetoImp", 2),
        "cantidad": str(_number(node, "Cantidad")),
        "precio": str(_number(node, "ValorUnitario")),
        "taxes": taxes,
    }


def _pays(root: etree._Element) -> tuple[PaidOf, ...]:
    found: list[PaidOf] = []
    for pago in root.iterfind(f"{_COMPLEMENTO}/{_P}Pagos/{_P}Pago"):
        paid_on = date.fromisoformat(_fecha(pago, "FechaPago")[:10])
        for node in pago.iterfind(f"{_P}DoctoRelacionado"):
            parcialidad = node.get("NumParcialidad", "")
            if not (parcialidad.isascii() and parcialidad.isdecimal() and 0 < int(parcialidad[:6]) <= MOST_PARCIALIDAD):
                raise NotPast(WRONG.format("NumParcialidad"))
            found.append(
                PaidOf(
                    len(found),
                    _uuid(node, "IdDocumento"),
                    int(parcialidad),
                    _number(node, "ImpSaldoAnt"),
                    _number(node, "ImpPagado"),
                    _number(node, "ImpSaldoInsoluto"),
                    _text(node, "MonedaDR", 3),
                    paid_on,
                )
            )
    return tuple(found)


def _names(root: etree._Element) -> tuple[tuple[str, UUID], ...]:
    found = {
        (_text(node, "TipoRelacion", 2), _uuid(named, "UUID")): None
        for node in root.iterfind(f"{_C}CfdiRelacionados")
        for named in node.iterfind(f"{_C}CfdiRelacionado")
    }
    return tuple(found)


def _iva(root: etree._Element) -> Decimal:
    whole = Decimal(0)
    for tax in root.iterfind(f"{_C}Impuestos/{_C}Traslados/{_C}Traslado"):
        if tax.get("Impuesto") == IVA and tax.get("Importe") is not None:
            whole += _number(tax, "Importe")
    return whole


def _text(node: etree._Element, name: str, most: int) -> str:
    said = node.get(name, "").strip()
    if len(said) > most:
        raise NotPast(WRONG.format(name))
    return said


def _number(node: etree._Element, name: str) -> Decimal:
    said = node.get(name, "")
    if not _NUMBER.fullmatch(said):
        raise NotPast(WRONG.format(name))
    return Decimal(said)


def _uuid(node: etree._Element, name: str) -> UUID:
    said = node.get(name, "")
    if not _UUID.fullmatch(said):
        raise NotPast(WRONG.format(name))
    return UUID(said)


def _rfc(node: etree._Element) -> str:
    said = node.get("Rfc", "").upper()
    if not _RFC.fullmatch(said):
        raise NotPast(WRONG.format("RFC del receptor"))
    return said


def _fecha(node: etree._Element, name: str) -> str:
    said = node.get(name, "")
    try:
        if _FECHA.fullmatch(said):
            date.fromisoformat(said[:10])
            return said
    except ValueError:
        pass
    raise NotPast(WRONG.format(name))
