"""The Comprobante's own attributes.

CFDI40101 Fecha · 40103-40105 FormaPago · 40107-40109 SubTotal · 40110-40112 Descuento · 40113 Moneda ·
40114-40117 TipoCambio · 40119 Total · 40121 TipoDeComprobante · 40122-40123 Exportacion · 40124-40125 MetodoPago ·
40126 LugarExpedicion · 40127-40128 Confirmacion.

40102 and 40106 are in `seals.py`. 40118 and 40120 are dormant: the SAT has not published the limits (FISCAL COM).
40129 (a confirmation used before) only a PAC can know. COM-2 and COM-3 have no code: they are ours.
"""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from amate.fiscal.catalogs import NOWHERE, Catalogs
from amate.fiscal.rounding import CONTEXT
from amate.fiscal.rules.finding import Finding, error, warning
from amate.fiscal.rules.keys import not_in
from amate.fiscal.rules.raw import places
from amate.fiscal.rules.reading import Reading

_ZERO = Decimal(0)
_CONFIRMACION = re.compile(r"[0-9a-zA-Z]{5}")
_TIPO_CAMBIO = re.compile(r"[0-9]{1,18}(\.[0-9]{1,6})?")
_WITHOUT_FORMA_PAGO = frozenset("TNP")


def check(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    if doc.fecha is None:
        yield error("CFDI40101", "@Fecha", "Fecha debe escribirse AAAA-MM-DDThh:mm:ss, sin zona ni milésimas.")
    yield from _forma_pago(doc, catalogs)
    yield from _subtotal(doc)
    yield from _descuento(doc)
    yield from _moneda(doc, catalogs)
    yield from _total(doc)
    yield from _kinds(doc, catalogs)
    yield from _metodo_pago(doc, catalogs)
    yield from _lugar(doc, catalogs)
    yield from _confirmacion(doc)


def rounded(value: Decimal, decimals: int) -> Decimal:
    """RND-1: half-up at the decimals of the currency."""
    return value.quantize(Decimal((0, (1,), -decimals)), ROUND_HALF_UP, CONTEXT)


def _forma_pago(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    forma, metodo = doc.attrs.get("FormaPago"), doc.attrs.get("MetodoPago")
    where = "@FormaPago"
    if forma is not None:
        if doc.tipo in _WITHOUT_FORMA_PAGO:
            yield error("CFDI40103", where, f"Un comprobante de tipo {doc.tipo} no lleva FormaPago: quítala.")
        if wrong := not_in(catalogs, "c_FormaPago", forma, doc.as_of):
            yield error("CFDI40104", where, wrong)
        if metodo == "PUE" and forma == "99":
            yield warning(
                "COM-2", where, "Con PUE se escribe la forma en que pagaron; 99 (por definir) es solo para PPD."
            )
    if metodo == "PPD" and forma != "99":
        yield error("CFDI40105", where, "Con MetodoPago PPD la FormaPago debe ser 99 (por definir).")


def _subtotal(doc: Reading) -> Iterator[Finding]:
    subtotal, where = doc.subtotal, "@SubTotal"
    if subtotal is None:
        return
    if places(doc.attrs["SubTotal"]) > doc.decimals:
        yield error("CFDI40107", where, f"SubTotal lleva más de {doc.decimals} decimales, los de su moneda.")
    if doc.sells:
        added = sum((line.importe for line in doc.lines if line.importe is not None), _ZERO)
        if subtotal != added and subtotal != rounded(added, doc.decimals):
            yield error("CFDI40108", where, f"SubTotal dice {subtotal} y los importes de los conceptos suman {added}.")
    elif doc.tipo in {"T", "P"} and subtotal != 0:
        yield error("CFDI40109", where, f"En un comprobante de tipo {doc.tipo} SubTotal debe ser 0.")


def _descuento(doc: Reading) -> Iterator[Finding]:
    where = "@Descuento"
    given = [line.descuento for line in doc.lines if line.descuento is not None]
    if doc.descuento is None:
        if "Descuento" not in doc.attrs and any("Descuento" in line.attrs for line in doc.lines):
            yield error("CFDI40111", where, "Hay conceptos con Descuento: el comprobante debe llevar su suma.")
        return
    if doc.subtotal is not None and doc.descuento > doc.subtotal:
        yield error("CFDI40110", where, f"El descuento ({doc.descuento}) es mayor que el SubTotal ({doc.subtotal}).")
    added = sum(given, _ZERO)
    if not doc.sells:
        yield error("CFDI40111", where, f"Un comprobante de tipo {doc.tipo} no lleva Descuento.")
    elif not given:
        yield error("CFDI40111", where, "El comprobante lleva Descuento y ningún concepto lo lleva.")
    elif doc.descuento != added and doc.descuento != rounded(added, doc.decimals):
        yield error("CFDI40111", where, f"Descuento dice {doc.descuento} y los de los conceptos suman {added}.")
    if places(doc.attrs["Descuento"]) > doc.decimals:
        yield error("CFDI40112", where, f"Descuento lleva más de {doc.decimals} decimales, los de su moneda.")


def _moneda(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    moneda, tipo_cambio = doc.attrs.get("Moneda", ""), doc.attrs.get("TipoCambio")
    where = "@TipoCambio"
    if wrong := not_in(catalogs, "c_Moneda", moneda, doc.as_of):
        yield error("CFDI40113", "@Moneda", wrong)
    elif moneda == "MXN":
        if tipo_cambio is not None and tipo_cambio != "1":
            yield error("CFDI40114", where, "En pesos TipoCambio se omite o se escribe exactamente “1”.")
    elif moneda == "XXX":
        if tipo_cambio is not None:
            yield error("CFDI40116", where, "Con moneda XXX no va TipoCambio: quítalo.")
    elif tipo_cambio is None:
        yield error("CFDI40115", where, f"Con moneda {moneda} hay que escribir el TipoCambio en pesos.")
    if tipo_cambio is not None and not _TIPO_CAMBIO.fullmatch(tipo_cambio):
        yield error("CFDI40117", where, "TipoCambio es un número con hasta 6 decimales.")


def _total(doc: Reading) -> Iterator[Finding]:
    if doc.total is None or doc.subtotal is None:
        return
    expected = doc.subtotal - (doc.descuento or _ZERO) + doc.local_taxes
    if doc.summary is not None:
        expected += (doc.summary.total_trasladados or _ZERO) - (doc.summary.total_retenidos or _ZERO)
    if doc.total != expected and doc.total != rounded(expected, doc.decimals):
        yield error(
            "CFDI40119",
            "@Total",
            f"Total dice {doc.total} y SubTotal − Descuento + traslados − retenciones da {expected}.",
        )


def _kinds(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    if not_in(catalogs, "c_TipoDeComprobante", doc.tipo, doc.as_of):
        yield error("CFDI40121", "@TipoDeComprobante", f"“{doc.tipo}” no es un tipo de comprobante: I, E, T, N o P.")
    exportacion = doc.attrs.get("Exportacion")
    if exportacion is None:
        return  # a missing attribute is the schema's finding
    if exportacion == "02" and "ComercioExterior" not in doc.complements:
        yield error(
            "CFDI40122", "@Exportacion", "Exportacion 02 exige el complemento de Comercio Exterior; si no, es 01."
        )
    if wrong := not_in(catalogs, "c_Exportacion", exportacion, doc.as_of):
        yield error("CFDI40123", "@Exportacion", wrong)


def _metodo_pago(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    metodo = doc.attrs.get("MetodoPago")
    if metodo is None:
        return
    if not_in(catalogs, "c_MetodoPago", metodo, doc.as_of):
        yield error("CFDI40124", "@MetodoPago", f"“{metodo}” no es un método de pago: PUE o PPD.")
    if doc.tipo in {"T", "P"}:
        yield error("CFDI40125", "@MetodoPago", f"Un comprobante de tipo {doc.tipo} no lleva MetodoPago: quítalo.")


def _lugar(doc: Reading, catalogs: Catalogs) -> Iterator[Finding]:
    lugar = doc.attrs.get("LugarExpedicion", "")
    if wrong := not_in(catalogs, "c_CodigoPostal", lugar, doc.as_of):
        yield error("CFDI40126", "@LugarExpedicion", wrong)
    elif lugar == NOWHERE:
        yield warning("COM-3", "@LugarExpedicion", "00000 está en el catálogo pero no es un lugar: escribe el tuyo.")


def _confirmacion(doc: Reading) -> Iterator[Finding]:
    confirmacion = doc.attrs.get("Confirmacion")
    if confirmacion is None:
        return
    yield error("CFDI40127", "@Confirmacion", "Confirmacion no se usa: el SAT aún no publica los límites. Quítala.")
    if not _CONFIRMACION.fullmatch(confirmacion):
        yield error("CFDI40128", "@Confirmacion", "Confirmacion son 5 letras o números.")
