"""The sales note a customer takes home, with the code and QR that make it an invoice: 80 or 58 mm, letter, or text."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from amate.papers.codes import qr_svg
from amate.papers.compile import to_pdf
from amate.papers.dates import in_full, zone_in_words
from amate.papers.facts import figure
from amate.papers.look import Look, logo_svg

# The paper and its sheet: a roll is as long as the sale, letter is pages.
PAPERS = {"80": "note", "58": "note", "carta": "note_letter"}
NOT_FISCAL = "Esta nota no es un comprobante fiscal. También puedes pedir tu factura en caja."


@dataclass(frozen=True, slots=True)
class NoteLine:
    """`importe` is what the line adds to the ticket as the shop prices it; `precio` is for one unit."""

    descripcion: str
    cantidad: Decimal
    precio: Decimal
    importe: Decimal


@dataclass(frozen=True, slots=True)
class NoteTax:
    """A row between lines and total: "IVA 16 % incluido", 172.21."""

    nombre: str
    importe: Decimal


@dataclass(frozen=True, slots=True)
class Note:
    """What one note says. Amounts in pesos; empty texts and a `subtotal` of None are not printed.

    `sold_at` and `deadline` are aware and printed in `zone` (IANA, of the branch). `code` is the 12 symbols of the
    billing code, with or without hyphens; `site` is what a person types, `qr_url` what the QR opens; `rule` says in one
    sentence which sales the portal invoices.
    """

    nombre_comercial: str
    rfc: str
    branch: str
    address: str
    phone: str
    folio: str
    sold_at: datetime
    zone: str
    lines: tuple[NoteLine, ...]
    subtotal: Decimal | None
    taxes: tuple[NoteTax, ...]
    total: Decimal
    paid_with: str
    site: str
    code: str
    qr_url: str
    deadline: datetime
    rule: str = ""


def note_pdf(note: Note, *, look: Look, paper: str = "80") -> bytes:
    """The note as a tagged PDF on one of PAPERS; on a roll, of one page. Equal arguments give equal bytes.

    ValueError when a moment is naive, the zone is not Mexican or the code has not 12 symbols; KeyError for another paper.
    """
    raw = {"qr": qr_svg(note.qr_url)}
    if logo := logo_svg(look.logo_svg_or_png):
        raw["logo"] = logo
    facts = note_facts(note) | {"foot_note": look.foot_note, "colour": look.colour, "narrow": paper == "58"}
    return to_pdf(sheet=PAPERS[paper], data=facts, raw=raw)


def note_facts(note: Note) -> dict[str, Any]:
    """What every medium prints, as texts. ValueError as `note_pdf`."""
    sold_at, deadline = local(note.sold_at, note.zone), local(note.deadline, note.zone)
    return {
        "shop": note.nombre_comercial,
        "head": [
            text
            for text in (
                f"RFC {note.rfc}",
                note.branch,
                note.address,
                f"Tel. {note.phone}" if note.phone else "",
            )
            if text
        ],
        "folio": note.folio,
        "moment": list(sold_at.timetuple()[:6]),
        "facts": [("Fecha", in_full(sold_at)), *([("Pago", note.paid_with)] if note.paid_with else [])],
        "lines": [
            {
                "descripcion": line.descripcion,
                "cantidad": figure(str(line.cantidad), least=0),
                "precio": _money(line.precio),
                "importe": _money(line.importe),
            }
            for line in note.lines
        ],
        "sums": [
            *([("Subtotal", _money(note.subtotal))] if note.subtotal is not None else []),
            *((tax.nombre, _money(tax.importe)) for tax in note.taxes),
        ],
        "total": f"${_money(note.total)}",
        "site": note.site,
        "code": grouped(note.code),
        "deadline": in_full(deadline),
        "zone": zone_in_words(note.zone),
        "rule": note.rule,
        "not_fiscal": NOT_FISCAL,
    }


def grouped(code: str) -> str:
    """`7K4M9QXW2TRP` → `7K4M-9QXW-2TRP`, as it is printed and read aloud."""
    symbols = code.replace("-", "")
    if len(symbols) != 12:
        raise ValueError("a billing code has 12 symbols")
    return f"{symbols[:4]}-{symbols[4:8]}-{symbols[8:]}"


def _money(amount: Decimal) -> str:
    return figure(str(amount), least=2)


def local(when: datetime, zone: str) -> datetime:
    if when.tzinfo is None:
        raise ValueError("a note prints aware moments only")
    return when.astimezone(ZoneInfo(zone))
