"""The statement of account on paper: what the customer owes, why, and how to pay it (FACE DOC-6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from amate.papers.codes import code128_svg
from amate.papers.compile import to_pdf
from amate.papers.dates import short
from amate.papers.facts import figure
from amate.papers.look import Look, logo_svg

NOT_FISCAL = "Documento informativo: no es un comprobante fiscal."
AGES = ("Por vencer", "De 1 a 30 días", "De 31 a 60", "De 61 a 90", "Más de 90 días")


@dataclass(frozen=True, slots=True)
class PaperRow:
    """`charge` or `payment` is None."""

    day: date
    document: str
    concept: str
    charge: Decimal | None
    payment: Decimal | None
    balance: Decimal
    late: bool


@dataclass(frozen=True, slots=True)
class PaperItem:
    """`late`: days after its due day."""

    document: str
    concept: str
    due_on: date
    late: int
    total: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class PaperVoucher:
    """`barcode`: what is drawn as Code 128; `url` opens a page that takes a card."""

    concept: str
    title: str
    amount: Decimal
    reference: str
    barcode: str
    url: str
    where: str
    until: date


@dataclass(frozen=True, slots=True)
class PaperStatement:
    """`call`: what is to be done, in big; `services`: (state, name, why); `ways`: (title, [(label, value)]); `sums`: what leads
    from the balance before to this one."""

    title: str
    issuer: str
    issuer_facts: Sequence[str]
    customer: str
    customer_facts: Sequence[str]
    since: date
    cut_off: date
    moneda: str
    balance: Decimal
    call: str
    opening: Decimal
    sums: Sequence[tuple[str, Decimal]]
    ages: Sequence[Decimal]
    rows: Sequence[PaperRow]
    items: Sequence[PaperItem]
    services: Sequence[tuple[str, str, str]]
    notices: Sequence[str]
    ways: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    pay: Decimal
    vouchers: Sequence[PaperVoucher] = ()


def statement_pdf(said: PaperStatement, *, look: Look) -> bytes:
    """A tagged PDF on letter paper. Equal arguments give equal bytes: its moment is the end of the cut-off, never the clock."""
    raw = {f"bars{at}": code128_svg(one.barcode) for at, one in enumerate(said.vouchers) if one.barcode}
    if logo := logo_svg(look.logo_svg_or_png):
        raw["logo"] = logo
    facts = {
        "title": said.title,
        "shop": look.nombre_comercial or said.issuer,
        "colour": look.colour,
        "foot": look.foot_note,
        "legend": NOT_FISCAL,
        "moment": [said.cut_off.year, said.cut_off.month, said.cut_off.day, 23, 59, 59],
        "issuer": {"name": said.issuer, "facts": list(said.issuer_facts)},
        "customer": {"name": said.customer, "facts": list(said.customer_facts)},
        "cut_off": short(said.cut_off),
        "period": f"{short(said.since)} al {short(said.cut_off)}",
        "balance": f"{money(said.balance)} {said.moneda}",
        "call": said.call,
        "opening": money(said.opening),
        "sums": [(name, money(value)) for name, value in said.sums],
        "ages": [(name, money(value)) for name, value in zip(AGES, said.ages, strict=True)],
        "rows": [_row(one) for one in said.rows],
        "items": [_item(one) for one in said.items],
        "services": [{"state": state, "name": name, "why": why} for state, name, why in said.services],
        "notices": list(said.notices),
        "ways": [{"title": title, "says": [list(pair) for pair in says]} for title, says in said.ways],
        "pay": money(said.pay) if said.pay else "",
        "vouchers": [_voucher(at, one) for at, one in enumerate(said.vouchers)],
    }
    return to_pdf(sheet="statement", data=facts, raw=raw)


def money(amount: Decimal) -> str:
    """
    >>> money(Decimal("1248.5")), money(Decimal("-30"))
    ('$1,248.50', '−$30.00')
    """
    return f"{'−' if amount < 0 else ''}${figure(str(abs(amount)), least=2)}"


def late_words(days: int) -> str:
    """
    >>> late_words(-3), late_words(0), late_words(1), late_words(12)
    ('', 'Vence hoy', 'Venció ayer', 'Venció hace 12 días')
    """
    if days < 0:
        return ""
    if days == 0:
        return "Vence hoy"
    return "Venció ayer" if days == 1 else f"Venció hace {days} días"


def _row(one: PaperRow) -> dict[str, Any]:
    return {
        "day": short(one.day),
        "document": one.document,
        "concept": one.concept,
        "charge": money(one.charge) if one.charge is not None else "",
        "payment": money(one.payment) if one.payment is not None else "",
        "balance": money(one.balance),
        "late": one.late,
    }


def _voucher(at: int, one: PaperVoucher) -> dict[str, Any]:
    return {
        "concept": one.concept,
        "title": one.title,
        "amount": money(one.amount),
        "reference": one.reference,
        "bars": f"bars{at}" if one.barcode else "",
        "url": one.url,
        "where": one.where,
        "until": short(one.until),
    }


def _item(one: PaperItem) -> dict[str, Any]:
    return {
        "document": one.document,
        "concept": one.concept,
        "due": short(one.due_on),
        "late": late_words(one.late),
        "total": money(one.total),
        "left": money(one.left),
    }
