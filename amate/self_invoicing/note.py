"""The note of a registered sale: what it prints, from the ticket alone."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from amate.companies.look import look_of
from amate.companies.models import Emisor
from amate.companies.policies import policy_on, which_qualify
from amate.fiscal.catalogs import name_of
from amate.fiscal.clock import zone_of
from amate.fiscal.ingreso import PPD, SaleLine
from amate.fiscal.money import Totals, summarise, tax_line
from amate.fiscal.rounding import q2
from amate.fiscal.tables.impuestos import EXENTO, IVA, TASA
from amate.fiscal.tables.monedas import decimals_of
from amate.invoices.lines import lines_from_json
from amate.papers.facts import NBSP, figure
from amate.papers.note import Note, NoteLine, NoteTax, note_pdf
from amate.papers.note_text import note_escpos, note_text
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.pagos import pagos_from_json

A_CREDITO = "A crédito, por pagar"


def print_note(*, ticket: Ticket, site: str, qr_url: str, paper: str = "80") -> bytes:
    """The PDF on one of `papers.note.PAPERS`. `site` is what a person types, `qr_url` what the QR opens."""
    emisor = Emisor.objects.get()
    look = look_of(emisor, branch=ticket.branch)
    return note_pdf(note_of(ticket=ticket, emisor=emisor, site=site, qr_url=qr_url), look=look, paper=paper)


def print_note_text(*, ticket: Ticket, site: str, qr_url: str, paper: str) -> str:
    """The note as text, for a roll of 58 or 80 mm."""
    emisor = Emisor.objects.get()
    note = note_of(ticket=ticket, emisor=emisor, site=site, qr_url=qr_url)
    return note_text(note, paper=paper, foot_note=emisor.foot_note)


def print_note_escpos(*, ticket: Ticket, site: str, qr_url: str, paper: str) -> bytes:
    """The note as the bytes that a receipt printer understands."""
    emisor = Emisor.objects.get()
    note = note_of(ticket=ticket, emisor=emisor, site=site, qr_url=qr_url)
    return note_escpos(note, paper=paper, foot_note=emisor.foot_note)


def note_of(*, ticket: Ticket, emisor: Emisor, site: str, qr_url: str) -> Note:
    """A sale priced with its taxes shows them as included; one priced without shows the subtotal first."""
    sales = lines_from_json(ticket.lines)
    zone = zone_of(ticket.branch.cp)
    rules = policy_on(branch_id=ticket.branch_id, day=ticket.sold_at.astimezone(zone).date())
    decimals = decimals_of(ticket.moneda)
    totals = summarise([tax_line(sale.line, decimals=decimals) for sale in sales], decimals=decimals)
    included = all(sale.line.incluye_impuestos for sale in sales)
    return Note(
        nombre_comercial=emisor.nombre_comercial,
        rfc=emisor.rfc,
        branch=ticket.branch.nombre,
        address=ticket.branch.address,
        phone=emisor.telefono,
        folio=ticket.folio,
        sold_at=ticket.sold_at,
        zone=zone.key,
        lines=tuple(_lines(sales)),
        subtotal=None if included else totals.subtotal - (totals.descuento or 0),
        taxes=tuple(_taxes(totals, included=included)),
        total=ticket.total,
        paid_with=_paid_with(ticket),
        site=site,
        code=ticket.code,
        qr_url=qr_url,
        deadline=ticket.deadline,
        rule=which_qualify(rules, labels=emisor.source_labels),
    )


def _paid_with(ticket: Ticket) -> str:
    if ticket.metodo_pago == PPD:
        return A_CREDITO
    return paid_in_words(ticket.forma_pago, ticket.pagos)


def paid_in_words(forma_pago: str, kept: Sequence[Mapping[str, Any]]) -> str:
    """One way of paying by its name; several each with what it paid. `kept`: `Ticket.pagos`."""
    if not kept:
        return name_of("forma_pago", forma_pago) or forma_pago
    return ", ".join(
        f"{name_of('forma_pago', one.forma_pago) or one.forma_pago} ${one.importe:,.2f}"
        for one in pagos_from_json(kept)
    )


def _lines(sales: Sequence[SaleLine]) -> list[NoteLine]:
    return [
        NoteLine(
            descripcion=_described(sale),
            cantidad=sale.line.cantidad,
            precio=sale.line.precio,
            importe=q2(sale.line.cantidad * sale.line.precio) - q2(sale.line.descuento),
        )
        for sale in sales
    ]


def _described(sale: SaleLine) -> str:
    if not sale.line.descuento:
        return sale.descripcion
    return f"{sale.descripcion} (descuento ${figure(str(sale.line.descuento), least=2)})"


def _taxes(totals: Totals, *, included: bool) -> list[NoteTax]:
    if totals.impuestos is None:
        return []
    tail = " incluido" if included else ""
    return [
        NoteTax(f"{_named(tax.impuesto, tax.tipo_factor, tax.tasa_o_cuota)}{tail}", tax.importe)
        for tax in totals.impuestos.traslados
        if tax.tipo_factor != EXENTO and tax.importe is not None
    ]


def _named(impuesto: str, factor: str, rate: Decimal | None) -> str:
    name = "IVA" if impuesto == IVA else "IEPS"
    if rate is None or factor != TASA:
        return name
    return f"{name} {figure(str(rate * 100), least=0)}{NBSP}%"
