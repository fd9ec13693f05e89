"""Stamping without HTTP: the checks of ENGINE SIM-4 in their order, then a TFD."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from amate.sandbox.pac.certificates import check_csd, check_seal
from amate.sandbox.pac.lists import Lists
from amate.sandbox.pac.refusal import Refusal
from amate.sandbox.pac.rules import findings
from amate.sandbox.pac.rules.table import Facts, attributes
from amate.sandbox.pac.schema import CFDI, read_structure
from amate.sandbox.pac.state import Document, Store
from amate.sandbox.pac.timbre import TIMBRE, Signer, cadena_of, put
from amate.sandbox.pac.zones import check_window, read_fecha

CUSTOMID_LIFE = timedelta(hours=72)

# The stages before the table of rules, for `--checks`.
STAGES = (
    ("—", "sesión vencida o ausente, cuenta sin timbres", "ENGINE SW"),
    ("301", "tamaño, XML estricto, espacio de nombres y esquema; un campo con código propio responde el suyo", "XSD"),
    ("307", "los mismos bytes o el mismo Sello: se devuelve el timbre anterior", "FISCAL CER-4; SW"),
    ("CFDI3307", "el mismo customid con otros bytes, durante 72 horas", "ENGINE SW"),
    ("308", "el CSD lo firmó la autoridad de este simulador", "SW 308"),
    ("306", "el certificado es un CSD", "SW 306"),
    ("305", "Fecha dentro de la vigencia del CSD", "SW 305"),
    ("304", "el CSD no está en la lista de revocados", "SW 304"),
    ("CFDI40106", "NoCertificado es el del certificado", "FISCAL 2"),
    ("303", "el RFC del CSD es el del emisor", "SW 303"),
    ("402", "el emisor está en la LCO", "FISCAL REC-1"),
    ("302", "cadena original por la hoja del SAT, y el Sello la firma", "FISCAL CER-1"),
    ("401", "Fecha de 0 a 72 horas en la zona del CP", "FISCAL CLK-5"),
)


@dataclass(frozen=True, slots=True)
class Stamping:
    """`document` is None when the CFDI carries a TFD that this PAC did not give. `again`: it answers 307."""

    document: Document | None
    again: bool


def stamp_document(
    sealed: bytes, *, customid: str, ca: bytes, signer: Signer, store: Store, lists: Lists, now: datetime,
    ahead: timedelta = timedelta(),
) -> Stamping:  # fmt: skip
    """Stamp, or find the earlier stamp. Raises `Refusal`. `now` aware; `ca` DER of the only authority served; `ahead`: how
    far the issuer's own clock is ahead of `now`."""
    root = read_structure(sealed)
    said = attributes(root)
    sha256 = hashlib.sha256(sealed).hexdigest()
    earlier = _earlier(root, said["Sello"], sha256=sha256, customid=customid, store=store, now=now)
    if earlier is not None:
        return earlier
    _check(root, ca=ca, lists=lists, now=now + ahead)
    timbre = signer.timbre(sello=said["Sello"], now=now + ahead)
    document = Document(
        uuid=timbre["UUID"],
        sha256=sha256,
        sello=said["Sello"],
        customid=customid,
        rfc_emisor=_party(root, "Emisor"),
        rfc_receptor=_party(root, "Receptor"),
        total=said["Total"],
        stamped=put(root, timbre),
        fecha_timbrado=timbre["FechaTimbrado"],
        no_certificado=said["NoCertificado"],
        no_certificado_sat=timbre["NoCertificadoSAT"],
        sello_sat=timbre["SelloSAT"],
        cadena=cadena_of(timbre),
        kept_at=now,
        related=named_by(root),
    )
    store.keep(document)
    return Stamping(document, again=False)


def named_by(root: etree._Element) -> tuple[str, ...]:
    """The UUIDs a CFDI names: its relations, and the documents its payments pay."""
    related = root.iterfind("{*}CfdiRelacionados/{*}CfdiRelacionado")
    paid = root.iterfind("{*}Complemento/{*}Pagos/{*}Pago/{*}DoctoRelacionado")
    named = [*(node.get("UUID") for node in related), *(node.get("IdDocumento") for node in paid)]
    return tuple(dict.fromkeys(str(uuid).strip().upper() for uuid in named if uuid))


def _earlier(
    root: etree._Element, sello: str, *, sha256: str, customid: str, store: Store, now: datetime
) -> Stamping | None:
    same = store.by_sha256(sha256)
    if same is not None:
        return Stamping(same, again=True)
    if customid:
        named = store.by_customid(customid)
        if named is not None and now - named.kept_at <= CUSTOMID_LIFE:
            raise Refusal("CFDI3307", "El customid ya se usó con otro comprobante", customid)
    sealed_so = store.by_sello(sello)
    if sealed_so is not None:
        return Stamping(sealed_so, again=True)
    if root.find(f"{{{CFDI}}}Complemento/{TIMBRE}") is not None:
        return Stamping(None, again=True)
    return None


def _check(root: etree._Element, *, ca: bytes, lists: Lists, now: datetime) -> None:
    said = attributes(root)
    fecha = read_fecha(said["Fecha"], cp=said["LugarExpedicion"])
    csd = check_csd(
        certificado=said["Certificado"],
        no_certificado=said["NoCertificado"],
        rfc_emisor=_party(root, "Emisor"),
        fecha=fecha,
        ca=ca,
        lists=lists,
    )
    check_seal(root=root, csd=csd, sello=said["Sello"])
    check_window(fecha, now=now)
    broken = findings(Facts(root, lists, csd.nombre))
    if broken:
        raise Refusal(broken[0].code, broken[0].message, broken[0].detail)


def _party(root: etree._Element, name: str) -> str:
    node = root.find(f"{{{CFDI}}}{name}")
    return "" if node is None else str(node.get("Rfc", "")).strip()
