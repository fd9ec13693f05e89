"""The printed form of a stamped invoice: made on first need, kept by the hash of its XML (RUNNING 1)."""

import secrets
from hashlib import sha256
from pathlib import Path

from amate.companies.look import drawing_of, look_of
from amate.companies.models import Branch, Emisor
from amate.fiscal.clock import zone_of
from amate.invoices.models import Invoice, Origin, Stamp
from amate.papers.cfdi import cfdi_pdf
from amate.running.home import amate_home, private_folder

# A new drawing of the same XML is another file: raise it with the templates.
EDITION = "3"


def pdf_of(stamp: Stamp, *, lang: str = "es") -> bytes:
    """The PDF of a stamp, its labels in Spanish or English. The same XML and look give the same bytes, so any machine
    may make it again."""
    emisor = Emisor.objects.get()
    invoice: Invoice = stamp.invoice
    from_portal = invoice.origin == Origin.PORTAL
    branch: Branch = invoice.branch
    looks = (emisor.colour, emisor.nombre_comercial, drawing_of(emisor, branch=branch), emisor.foot_note)
    cancelled_on = invoice.cancelled_at and invoice.cancelled_at.astimezone(zone_of(branch.cp)).date()
    seen = "|".join([EDITION, *looks, str(from_portal), lang, *([f"cancelled {cancelled_on}"] if cancelled_on else [])])
    drawn_as = sha256(seen.encode()).hexdigest()[:12]
    folder = private_folder(amate_home() / "cache" / "pdf" / str(stamp.company_id))
    kept = folder / f"{bytes(stamp.xml_sha256).hex()}-{drawn_as}.pdf"
    if kept.exists():
        return kept.read_bytes()
    made = cfdi_pdf(
        bytes(stamp.xml),
        look=look_of(emisor, branch=branch),
        portal_origin=from_portal,
        cancelled_on=cancelled_on,
        lang=lang,
    )
    _keep(kept, made)
    return made


def _keep(path: Path, content: bytes) -> None:
    """Whole or not at all: a reader never sees half a file."""
    partial = path.with_name(f".{secrets.token_hex(6)}")
    partial.write_bytes(content)
    partial.replace(path)
