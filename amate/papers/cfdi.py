"""The printed form of a CFDI of type I, E or P, made from its XML alone. One frame; what it holds differs by kind."""

from datetime import date
from decimal import Decimal
from typing import Any

from lxml.etree import _Element

from amate.fiscal.qr import verification_url
from amate.fiscal.tfd import Timbre, read_timbre
from amate.fiscal.xml import parse
from amate.papers import facts, payment
from amate.papers.codes import qr_svg
from amate.papers.compile import to_pdf, to_pictures
from amate.papers.dates import short, to_the_second
from amate.papers.facts import CannotPrint, field
from amate.papers.language import SAID_IN, Say
from amate.papers.look import Look, logo_svg

WITHOUT_VALIDITY = "SIN VALIDEZ FISCAL"
_DRAFT = "BORRADOR: NO ES UN COMPROBANTE FISCAL"
_CANCELLED = "CANCELADA ANTE EL SAT"
_LEGEND = "Este documento es una representación impresa de un CFDI"
_TITLES = {"I": "Factura", "E": "Nota de crédito", "P": "Recibo de pago"}
_LABELS = (
    "Cliente", "Comprobante", "Cantidad", "Unidad", "Descripción", "Valor unitario", "Importe", "Importe con letra",
    "Total", "Página", "de", "Código QR para verificar este CFDI en el SAT", "Documento", "Parcialidad",
    "Saldo anterior", "Pagado", "Saldo", "Pago", "Nota", "Ventas", "Impuestos",
)  # fmt: skip


def is_sample(timbre: Timbre) -> bool:
    """Whether a simulator stamped it: its Leyenda says so wherever the document goes."""
    return WITHOUT_VALIDITY in (timbre.leyenda or "")


def cfdi_pdf(
    xml: bytes, *, look: Look, portal_origin: bool = False, cancelled_on: date | None = None, lang: str = "es"
) -> bytes:
    """A tagged PDF/A-3 on letter paper that carries the stamped `xml` inside, byte for byte. Equal arguments give equal
    bytes. `lang`: "es" or "en", of the labels; what the document says stays as it was stamped.

    The band "MUESTRA SIN VALIDEZ FISCAL" follows the Leyenda of the TFD, so nobody can forget it; `cancelled_on` adds
    its own. Raises `CannotPrint` for other types, and `MalformedXml` or `NotBelieved` when it is not a stamped XML.
    """
    say = SAID_IN[lang]
    root = parse(xml)
    _known(root)
    timbre = read_timbre(xml)
    uuid = str(timbre.uuid).upper()
    folio = facts.folio(root)
    bands = [f"MUESTRA {WITHOUT_VALIDITY}"] if is_sample(timbre) else []
    data = _frame(root, look=look, say=say, lang=lang, portal_origin=portal_origin) | {
        "bands": [*(say(band) for band in bands), *_cancelled(cancelled_on, say=say, lang=lang)],
        "document": f"{say(_title(root))} {folio or uuid}",
        "foot": f"{folio} · {uuid}" if folio else uuid,
        "uuid": uuid,
        "moment": list(timbre.fecha_timbrado.timetuple()[:6]),
        "stamp": [(say(name), value) for name, value in _stamp(timbre, root, lang=lang)],
        "seals": [
            (say("Sello digital del CFDI"), timbre.sello_cfd),
            (say("Sello digital del SAT"), timbre.sello_sat),
            (say("Cadena original del complemento de certificación digital del SAT"), timbre.cadena),
        ],
    }
    url = verification_url(
        uuid=uuid,
        rfc_emisor=data["issuer"]["rfc"],
        rfc_receptor=data["receiver"]["rfc"],
        total=Decimal(field(root, "Total")),
        sello=timbre.sello_cfd,
    )
    return to_pdf(sheet="cfdi", data=data, raw={"qr": qr_svg(url), "xml": _text(xml), **_logo(look)})


def _cancelled(day: date | None, *, say: Say, lang: str) -> list[str]:
    return [f"{say(_CANCELLED)} · {short(day, lang=lang)}"] if day else []


def draft_pdf(xml: bytes, *, look: Look, lang: str = "es") -> bytes:
    """What a CFDI would look like: no stamp, no QR, nothing attached, and a band that says so. Raises as `cfdi_pdf`."""
    return to_pdf(sheet="cfdi", data=_draft(xml, look=look, lang=lang), raw=_logo(look))


def draft_pictures(xml: bytes, *, look: Look, lang: str = "es") -> list[bytes]:
    """The pages of `draft_pdf` as PNG."""
    return to_pictures(sheet="cfdi", data=_draft(xml, look=look, lang=lang), raw=_logo(look))


def _draft(xml: bytes, *, look: Look, lang: str) -> dict[str, Any]:
    say = SAID_IN[lang]
    root = parse(xml)
    _known(root)
    return _frame(root, look=look, say=say, lang=lang, portal_origin=False) | {
        "bands": [say(_DRAFT)],
        "document": f"{say(_title(root))} {facts.folio(root)}",
        "foot": say(_DRAFT),
        "legend": "",
        "uuid": "",
        "moment": [int(part) for part in field(root, "Fecha").replace("T", "-").replace(":", "-").split("-")],
        "stamp": [],
        "seals": [],
    }


def _frame(root: _Element, *, look: Look, say: Say, lang: str, portal_origin: bool) -> dict[str, Any]:
    seen = facts.parties(root, say)
    notes = (
        say("Generada desde el portal de autofactura") if portal_origin else "",
        facts.withholding(root) if lang == "es" else "",
        look.foot_note,
    )
    return (
        seen
        | {
            "lang": lang,
            "labels": {label: say(label) for label in _LABELS},
            "legend": say(_LEGEND),
            "colour": look.colour,
            "shop": look.nombre_comercial or seen["issuer"]["name"],
            "title": say(_title(root)),
            "folio": facts.folio(root),
            "date": facts.moment(field(root, "Fecha"), lang=lang),
            "voucher": facts.voucher(root, say),
            "notes": [note for note in notes if note],
        }
        | _content(root, say, lang=lang)
    )


def _content(root: _Element, say: Say, *, lang: str) -> dict[str, Any]:
    if field(root, "TipoDeComprobante") == "P":
        return {
            "kind": "payments",
            "payments": payment.payments(root, say, lang=lang),
            "sums": payment.sums(root, say),
            "total": payment.total(root),
            "words": payment.total_in_words(root, lang=lang),
        }
    tickets = _is_global(root)
    return {
        "kind": "tickets" if tickets else "lines",
        "lines": facts.tickets(root, say) if tickets else facts.lines(root, say),
        "sums": facts.sums(root, say),
        "total": facts.total(root),
        "words": facts.total_in_words(root, lang=lang),
    }


def _known(root: _Element) -> None:
    if (kind := root.get("TipoDeComprobante")) not in _TITLES:
        raise CannotPrint(
            f"Imprimimos facturas, notas de crédito y recibos de pago (I, E, P); este CFDI es de tipo {kind}."
        )


def _is_global(root: _Element) -> bool:
    return root.find(f"{facts.CFDI}InformacionGlobal") is not None


def _title(root: _Element) -> str:
    return "Factura global" if _is_global(root) else _TITLES[field(root, "TipoDeComprobante")]


def _stamp(timbre: Timbre, root: _Element, *, lang: str) -> list[facts.Pair]:
    rows = [
        ("Folio fiscal", str(timbre.uuid).upper()),
        ("Fecha y hora de certificación", to_the_second(timbre.fecha_timbrado, lang=lang)),
        ("Certificado del emisor", field(root, "NoCertificado")),
        ("Certificado del SAT", timbre.no_certificado_sat),
        ("RFC del proveedor de certificación", timbre.rfc_prov_certif),
    ]
    return [*rows, ("Leyenda", timbre.leyenda)] if timbre.leyenda else rows


def _logo(look: Look) -> dict[str, str]:
    logo = logo_svg(look.logo_svg_or_png)
    return {"logo": logo} if logo else {}


def _text(xml: bytes) -> str:
    try:
        return xml.decode("utf-8")
    except UnicodeDecodeError as other:
        raise CannotPrint("El XML no está en UTF-8, como el SAT exige: pide el archivo original.") from other
