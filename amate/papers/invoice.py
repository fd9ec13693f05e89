"""The printed form of a CFDI of type I, made from its stamped XML alone."""

from decimal import Decimal

from amate.fiscal.qr import verification_url
from amate.fiscal.tfd import Timbre, read_timbre
from amate.fiscal.xml import parse
from amate.papers import facts
from amate.papers.codes import qr_svg
from amate.papers.compile import to_pdf
from amate.papers.dates import to_the_second
from amate.papers.facts import CannotPrint, field
from amate.papers.look import Look, logo_svg

WITHOUT_VALIDITY = "SIN VALIDEZ FISCAL"


def is_sample(timbre: Timbre) -> bool:
    """Whether a simulator stamped it: its Leyenda says so wherever the document goes."""
    return WITHOUT_VALIDITY in (timbre.leyenda or "")


def invoice_pdf(xml: bytes, *, look: Look, portal_origin: bool) -> bytes:
    """A tagged PDF/A-3 on letter paper that carries `xml` inside, byte for byte. Equal arguments give equal bytes.

    The band "MUESTRA SIN VALIDEZ FISCAL" follows the Leyenda of the TFD, so nobody can forget it. Raises
    `CannotPrint` unless the CFDI is of type I, and `MalformedXml` or `NotBelieved` when it is not a stamped XML.
    """
    root = parse(xml)
    if (kind := root.get("TipoDeComprobante")) != "I":
        raise CannotPrint(f"Solo imprimimos facturas (tipo I) y este CFDI es de tipo {kind}.")
    timbre = read_timbre(xml)
    uuid = str(timbre.uuid).upper()
    seen = facts.parties(root)
    folio = facts.folio(root)
    data = seen | {
        "colour": look.colour,
        "shop": look.nombre_comercial or seen["issuer"]["name"],
        "band": f"MUESTRA {WITHOUT_VALIDITY}" if is_sample(timbre) else None,
        "title": f"Factura {folio or uuid}",
        "foot": f"{folio} · {uuid}" if folio else uuid,
        "folio": folio,
        "uuid": uuid,
        "date": facts.moment(field(root, "Fecha")),
        "moment": list(timbre.fecha_timbrado.timetuple()[:6]),
        "total": facts.total(root),
        "words": facts.total_in_words(root),
        "voucher": facts.voucher(root),
        "lines": facts.lines(root),
        "sums": facts.sums(root),
        "notes": [
            note
            for note in (
                "Generada desde el portal de autofactura" if portal_origin else "",
                facts.withholding(root),
                look.foot_note,
            )
            if note
        ],
        "stamp": _stamp(timbre, no_certificado=field(root, "NoCertificado")),
        "seals": [
            ("Sello digital del CFDI", timbre.sello_cfd),
            ("Sello digital del SAT", timbre.sello_sat),
            ("Cadena original del complemento de certificación digital del SAT", timbre.cadena),
        ],
    }
    url = verification_url(
        uuid=uuid,
        rfc_emisor=seen["issuer"]["rfc"],
        rfc_receptor=seen["receiver"]["rfc"],
        total=Decimal(field(root, "Total")),
        sello=timbre.sello_cfd,
    )
    raw = {"qr": qr_svg(url), "xml": _text(xml)}
    if logo := logo_svg(look.logo_svg_or_png):
        raw["logo"] = logo
    return to_pdf(sheet="invoice", data=data, raw=raw)


def _stamp(timbre: Timbre, *, no_certificado: str) -> list[facts.Pair]:
    rows = [
        ("Folio fiscal", str(timbre.uuid).upper()),
        ("Fecha y hora de certificación", to_the_second(timbre.fecha_timbrado)),
        ("Certificado del emisor", no_certificado),
        ("Certificado del SAT", timbre.no_certificado_sat),
        ("RFC del proveedor de certificación", timbre.rfc_prov_certif),
    ]
    return [*rows, ("Leyenda", timbre.leyenda)] if timbre.leyenda else rows


def _text(xml: bytes) -> str:
    try:
        return xml.decode("utf-8")
    except UnicodeDecodeError as other:
        raise CannotPrint("El XML no está en UTF-8, como el SAT exige: pide el archivo original.") from other
