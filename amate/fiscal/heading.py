"""What the top of every document says, checked the same way for all kinds: date, place, currency, relations, texts."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from amate.fiscal.catalogs import NOWHERE
from amate.fiscal.comprobante import DocumentRefused, Relacionados
from amate.fiscal.receptor import Receptor
from amate.fiscal.rfc import GENERICS
from amate.fiscal.tables.comprobante import FORMAS_PAGO, TIPOS_RELACION
from amate.fiscal.text import TextRefused, clean_text

MXN, SIN_MONEDA = "MXN", "XXX"
POR_DEFINIR = "99"
SUSTITUCION, ANTICIPO = "04", "07"

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def check_fecha(fecha: datetime) -> None:
    """Raises ValueError, an error of the program: `clock.fecha` gives it rightly."""
    if fecha.tzinfo is not None or fecha.microsecond:
        raise ValueError("fecha is the local time of lugar_expedicion, naive, in whole seconds: use clock.fecha")


def check_place(receptor: Receptor, lugar_expedicion: str) -> None:
    """COM-3, and CFDI40149: a generic RFC lives where the document is issued."""
    if lugar_expedicion == NOWHERE:
        raise DocumentRefused("lugar_expedicion", "El código postal 00000 no es de ningún lugar: usa el de la sucursal")
    if receptor.rfc in GENERICS and receptor.domicilio_fiscal != lugar_expedicion:
        raise DocumentRefused("cp", "Con RFC genérico el código postal es el del lugar de expedición")


def check_paid_with(forma_pago: str, field: str = "forma_pago") -> None:
    """A real form of payment: one that the catalogue has and that is not 99."""
    if forma_pago not in FORMAS_PAGO:
        raise DocumentRefused(field, f"El SAT no tiene la forma de pago “{forma_pago}”")
    if forma_pago == POR_DEFINIR:
        raise DocumentRefused(field, "Escribe cómo se pagó: 99 (por definir) es solo para facturas PPD")


def exchange(moneda: str, tipo_cambio: str | None) -> str | None:
    """TipoCambio as it is written (CFDI40114..40117), None in pesos."""
    if moneda == SIN_MONEDA:
        raise DocumentRefused("moneda", "El documento lleva una moneda: XXX es para pagos y traslados")
    if moneda == MXN:
        # Left out, or exactly "1" (CFDI40114): "1.0" fails.
        if tipo_cambio not in (None, "1"):
            raise DocumentRefused("tipo_cambio", "En pesos el tipo de cambio no se escribe")
        return None
    return positive(
        "tipo_cambio", tipo_cambio, 6, f"Escribe cuántos pesos vale un {moneda}, con seis decimales cuando mucho"
    )


def positive(field: str, written: str | None, places: int, message: str) -> str:
    """A number above zero with at most `places` decimals, as it is written. Raises `DocumentRefused`."""
    try:
        number = Decimal(written or "")
    except InvalidOperation:
        number = Decimal(0)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -places or number <= 0:
        raise DocumentRefused(field, message)
    return format(number, "f")


def check_relations(relacionados: Sequence[Relacionados], allowed: frozenset[str]) -> None:
    """REL-1: kinds that this document may have, and UUIDs that can be. Whether they exist only the caller knows."""
    for related in relacionados:
        if related.tipo_relacion not in TIPOS_RELACION:
            raise DocumentRefused("relacionados", f"El SAT no tiene la relación “{related.tipo_relacion}”")
        if related.tipo_relacion not in allowed:
            raise DocumentRefused(
                "relacionados",
                f"La relación {related.tipo_relacion} no va en este documento: solo {', '.join(sorted(allowed))}",
            )
        if not related.uuids:
            raise DocumentRefused("relacionados", f"Falta el folio fiscal de la relación {related.tipo_relacion}")
        for uuid in related.uuids:
            check_uuid("relacionados", uuid)


def check_uuid(field: str, uuid: str) -> None:
    if not _UUID.fullmatch(uuid):
        raise DocumentRefused(field, f"“{uuid}” no es un folio fiscal")


def clean_field(field: str, text: str | None, longest: int) -> str | None:
    """`clean_text` naming the field; None for nothing."""
    if text is None:
        return None
    try:
        return clean_text(text, longest=longest) or None
    except TextRefused as refused:
        raise DocumentRefused(field, refused.message) from refused
