"""What a CFDI says, as the texts its paper prints (the printed minimum, CFF 29-A and RMF 2.7.1.7; FACE DOC-1).

`say` puts a label in the language of the paper (`language.SAID_IN`).
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from lxml.etree import QName, _Element

from amate.fiscal import xml
from amate.fiscal.catalogs import name_of
from amate.fiscal.withholding import is_withheld_from, withholds
from amate.papers.dates import to_the_second
from amate.papers.language import Say
from amate.papers.words import in_words
from amate.papers.words_en import in_english_words

CFDI = f"{{{xml.CFDI}}}"
NBSP = "\N{NO-BREAK SPACE}"
TAXES = {"001": "ISR", "002": "IVA", "003": "IEPS"}

Pair = tuple[str, str]


class CannotPrint(ValueError):
    """The XML is not a CFDI that has a printed form here. The message (Spanish) says why."""


def field(node: _Element, name: str) -> str:
    """An attribute that every stamped CFDI has there. Raises `CannotPrint` without it."""
    value = node.get(name)
    if value is None:
        raise CannotPrint(f"Al CFDI le falta {name} en {QName(node).localname}: pide el XML original.")
    return value


def parties(root: _Element, say: Say) -> dict[str, dict[str, Any]]:
    """`issuer` and `receiver`, each `rfc`, `name` and `facts`: one text a line."""
    issuer, receiver = only(root, "Emisor"), only(root, "Receptor")
    to = [
        f"RFC {field(receiver, 'Rfc')}",
        f"{say('Régimen')} {named('c_RegimenFiscal', field(receiver, 'RegimenFiscalReceptor'))}",
        f"{say('Domicilio fiscal')} {field(receiver, 'DomicilioFiscalReceptor')}",
    ]
    if country := receiver.get("ResidenciaFiscal"):
        to.append(f"{say('Residencia fiscal')} {named('c_Pais', country)}")
    if number := receiver.get("NumRegIdTrib"):
        to.append(f"{say('Registro de identidad tributaria')} {number}")
    return {
        "issuer": {
            "rfc": field(issuer, "Rfc"),
            "name": field(issuer, "Nombre"),
            "facts": [
                f"RFC {field(issuer, 'Rfc')}",
                f"{say('Régimen')} {named('c_RegimenFiscal', field(issuer, 'RegimenFiscal'))}",
                f"{say('Lugar de expedición')} {field(root, 'LugarExpedicion')}",
            ],
        },
        "receiver": {"rfc": field(receiver, "Rfc"), "name": field(receiver, "Nombre"), "facts": to},
    }


def voucher(root: _Element, say: Say) -> list[Pair]:
    """The fields of the document itself, those that it has."""
    receiver = only(root, "Receptor")
    said = [
        ("Tipo", named("c_TipoDeComprobante", field(root, "TipoDeComprobante"))),
        ("Uso del CFDI", named("c_UsoCFDI", field(receiver, "UsoCFDI"))),
        ("Método de pago", named("c_MetodoPago", root.get("MetodoPago"))),
        ("Forma de pago", named("c_FormaPago", root.get("FormaPago"))),
        ("Condiciones", root.get("CondicionesDePago", "")),
        ("Moneda", named("c_Moneda", field(root, "Moneda"))),
        ("Tipo de cambio", root.get("TipoCambio", "") if field(root, "Moneda") != "MXN" else ""),
        ("Exportación", named("c_Exportacion", field(root, "Exportacion"))),
        ("Confirmación", root.get("Confirmacion", "")),
    ]
    for period in root.iterchildren(CFDI + "InformacionGlobal"):
        said.append(("Periodicidad", named("c_Periodicidad", field(period, "Periodicidad"))))
        said.append(("Periodo", f"{named('c_Meses', field(period, 'Meses'))} {say('de')} {field(period, 'Año')}"))
    for related in root.iterchildren(CFDI + "CfdiRelacionados"):
        said.append(("Relación", named("c_TipoRelacion", field(related, "TipoRelacion"))))
        said += [("", field(one, "UUID")) for one in related.iterchildren(CFDI + "CfdiRelacionado")]
    return [(say(name) if name else "", value) for name, value in said if value]


def lines(root: _Element, say: Say) -> list[dict[str, Any]]:
    """One row a concepto; `notes` are the small lines under its description."""
    return [
        {
            "cantidad": figure(field(concept, "Cantidad"), least=0),
            "unidad": concept.get("Unidad") or name_of("c_ClaveUnidad", field(concept, "ClaveUnidad")) or "",
            "clave_unidad": field(concept, "ClaveUnidad"),
            "descripcion": field(concept, "Descripcion"),
            "valor_unitario": figure(field(concept, "ValorUnitario"), least=2),
            "importe": figure(field(concept, "Importe"), least=2),
            "notes": _notes(concept, say),
        }
        for concept in only(root, "Conceptos").iterchildren(CFDI + "Concepto")
    ]


def tickets(root: _Element, say: Say) -> list[dict[str, Any]]:
    """One short row a note of a global: its number, its sales, its taxes and what was paid."""
    rows = []
    for concept in only(root, "Conceptos").iterchildren(CFDI + "Concepto"):
        taxes = concept.findall(f"{CFDI}Impuestos/{CFDI}Traslados/{CFDI}Traslado")
        sales = Decimal(field(concept, "Importe")) - Decimal(concept.get("Descuento") or 0)
        due = sum((Decimal(tax.get("Importe") or 0) for tax in taxes), Decimal(0))
        said = [tax_name(tax, say) for tax in taxes] or [named("c_ObjetoImp", field(concept, "ObjetoImp"))]
        rows.append(
            {
                "nota": concept.get("NoIdentificacion") or field(concept, "Descripcion"),
                "descripcion": " · ".join(said),
                "ventas": figure(str(sales), least=2),
                "impuestos": figure(str(due), least=2),
                "total": figure(str(sales + due), least=2),
            }
        )
    return rows


def sums(root: _Element, say: Say) -> list[Pair]:
    """From SubTotal to the row above Total: discount, each transferred tax by rate, each withheld tax."""
    rows = [(say("Subtotal"), figure(field(root, "SubTotal"), least=2))]
    if discount := root.get("Descuento"):
        rows.append((say("Descuento"), f"−{figure(discount, least=2)}"))
    for summary in root.iterchildren(CFDI + "Impuestos"):
        for tax in summary.iterfind(f"{CFDI}Traslados/{CFDI}Traslado"):
            base = figure(field(tax, "Base"), least=2)
            amount = tax.get("Importe")
            rows.append(
                (f"{tax_name(tax, say)} {say('sobre')} {base}", figure(amount, least=2) if amount else say("Exento"))
            )
        rows += [
            (f"{TAXES[field(tax, 'Impuesto')]} {say('retenido')}", f"−{figure(field(tax, 'Importe'), least=2)}")
            for tax in summary.iterfind(f"{CFDI}Retenciones/{CFDI}Retencion")
        ]
    return rows


def withholding(root: _Element) -> str:
    """Why a RESICO persona física is paid less than the sale: said to whoever has to pay the rest to the SAT."""
    held = root.find(f"{CFDI}Impuestos/{CFDI}Retenciones/{CFDI}Retencion[@Impuesto='001']")
    issuer, receiver = only(root, "Emisor"), only(root, "Receptor")
    is_resico = is_withheld_from(rfc=field(issuer, "Rfc"), regimen_fiscal=field(issuer, "RegimenFiscal"))
    if held is None or not is_resico or not withholds(field(receiver, "Rfc")):
        return ""
    return (
        f"El receptor retiene ${figure(field(held, 'Importe'), least=2)} de ISR (1.25{NBSP}%, emisor en RESICO, LISR 113-J) "
        "y lo entera al SAT: el total a pagar ya lo descuenta."
    )


def total(root: _Element) -> str:
    return f"${figure(field(root, 'Total'), least=2)} {field(root, 'Moneda')}"


def total_in_words(root: _Element, *, lang: str) -> str:
    spoken = in_words if lang == "es" else in_english_words
    return spoken(Decimal(field(root, "Total")), field(root, "Moneda"))


def folio(root: _Element) -> str:
    """Serie and folio as people say them; empty when the document has neither."""
    return "-".join(part for part in (root.get("Serie"), root.get("Folio")) if part)


def moment(text: str, *, lang: str) -> str:
    """A SAT date and time for people: "21 nov 2026, 14:07:02"."""
    return to_the_second(datetime.fromisoformat(text), lang=lang)


def figure(text: str, *, least: int) -> str:
    """The number as it is written, with thousands and without closing zeros beyond `least` decimals.

    >>> figure("905.172400", least=2), figure("1200.000000", least=0)
    ('905.1724', '1,200')
    """
    whole, _, decimals = f"{Decimal(text):,f}".partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    return f"{whole}.{decimals}" if decimals else whole


def tax_name(tax: _Element, say: Say, *, suffix: str = "") -> str:
    """ "IVA 16 %", "IVA exento", "IEPS $6.4555 por unidad". `suffix` of the attributes: "DR" or "P" in Pagos 2.0."""
    name = TAXES[field(tax, f"Impuesto{suffix}")]
    rate = tax.get(f"TasaOCuota{suffix}")
    if rate is None:
        return f"{name} {say('exento')}"
    if field(tax, f"TipoFactor{suffix}") == "Cuota":
        return f"{name} ${figure(rate, least=2)} {say('por unidad')}"
    return f"{name} {figure(str(Decimal(rate) * 100), least=0)}{NBSP}%"


def _notes(concept: _Element, say: Say) -> list[str]:
    said = [field(concept, "ClaveProdServ")]
    if own := concept.get("NoIdentificacion"):
        said.append(f"No. {own}")
    said.append(named("c_ObjetoImp", field(concept, "ObjetoImp")))
    if discount := concept.get("Descuento"):
        said.append(f"{say('Descuento')} {figure(discount, least=2)}")
    for tax in concept.iterfind(f"{CFDI}Impuestos/{CFDI}Traslados/{CFDI}Traslado"):
        amount = tax.get("Importe")
        said.append(f"{tax_name(tax, say)}: {figure(amount, least=2)}" if amount else tax_name(tax, say))
    said += [
        f"{tax_name(tax, say)} {say('retenido')}: {figure(field(tax, 'Importe'), least=2)}"
        for tax in concept.iterfind(f"{CFDI}Impuestos/{CFDI}Retenciones/{CFDI}Retencion")
    ]
    return [" · ".join(said), *_particulars(concept, say)]


def _particulars(concept: _Element, say: Say) -> list[str]:
    """Third party, customs and property numbers, parts: printed where they are due."""
    notes = [
        f"{say('A cuenta de')} {field(third, 'NombreACuentaTerceros')}, RFC {field(third, 'RfcACuentaTerceros')}"
        for third in concept.iterchildren(CFDI + "ACuentaTerceros")
    ]
    notes += [
        f"{say('Pedimento')} {field(one, 'NumeroPedimento')}" for one in concept.iter(CFDI + "InformacionAduanera")
    ]
    notes += [f"{say('Cuenta predial')} {field(one, 'Numero')}" for one in concept.iterchildren(CFDI + "CuentaPredial")]
    for part in concept.iterchildren(CFDI + "Parte"):
        notes.append(f"{say('Parte')}: {figure(field(part, 'Cantidad'), least=0)} × {field(part, 'Descripcion')}")
    return notes


def only(root: _Element, name: str) -> _Element:
    child = root.find(CFDI + name)
    if child is None:
        raise CannotPrint(f"Al CFDI le falta el nodo {name}: pide el XML original.")
    return child


def named(catalog: str, key: str | None) -> str:
    """Key and name; the key alone when its catalogue has no name for it, and nothing for nothing."""
    if not key:
        return ""
    name = name_of(catalog, key)
    return f"{key} {name}" if name else key
