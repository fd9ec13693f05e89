"""The buyer corrects the data of his own invoice: a new one takes its place, and the old one is cancelled (FEATURES 32)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction

from amate.audit.record import record
from amate.companies.models import CORRECTIONS, Emisor
from amate.companies.policies import Rules, generics_to_json, rules_for
from amate.customers.propose import propose_profile
from amate.fiscal.clock import zone_of
from amate.fiscal.receptor import Receptor
from amate.fiscal.rfc import GENERICS
from amate.invoices.cancel import plan_for
from amate.invoices.how_it_stands import around, document_of
from amate.invoices.models import Invoice, Kind, Motivo, Origin, RefusedBy, State
from amate.invoices.replace import Content, NotReplaceable, replace_invoice
from amate.invoices.what_may_be_done import why_not_replaced
from amate.self_invoicing.models import Claim, Correction, Ticket
from amate.self_invoicing.queries import tickets_of_invoice
from amate.self_invoicing.terms import terms_of_tickets
from amate.tenancy.models import IllegalMove
from amate.tenancy.writes import insert

REASON = "El cliente corrigió sus datos en el portal"
BY_HIMSELF = "portal"


class NotCorrectable(Exception):
    """Nothing was written. The message (Spanish) says why."""


class Way(Enum):
    """`ASKED` already: the shop has it. `CHANGING`: somebody replaces or cancels it. `TOO_LATE`: the SAT fines it (L5).
    `NO_RFC`: it was made for the public or for somebody abroad, of whom this form knows nothing."""

    AT_ONCE = "at_once"
    BY_THE_SHOP = "by_the_shop"
    ASKED = "asked"
    CHANGING = "changing"
    TOO_LATE = "too_late"
    SUSPENDED = "suspended"
    NO_RFC = "no_rfc"


@dataclass(frozen=True, slots=True)
class Corrigible:
    way: Way
    rules: Rules


def how_corrected(*, ticket: Ticket, invoice: Invoice, now: datetime) -> Corrigible:
    """At once while it costs nobody anything: as often as the company lets, and only where no receiver has to accept the
    end of the old one (L3)."""
    rules = rules_of(ticket, now=now)
    return Corrigible(_way(ticket, invoice, rules, now=now), rules)


def correct_invoice(*, ticket_id: int, invoice_id: int, receptor: Receptor, correo: str, now: datetime) -> Invoice:
    """Draft the substitute and owe the end of the old one. Raises NotCorrectable; twice at once makes one.

    The note is locked first, as by whoever claims it, and everything is looked at again (C6).
    """
    ticket, invoice = _locked(ticket_id, invoice_id)
    if how_corrected(ticket=ticket, invoice=invoice, now=now).way is not Way.AT_ONCE:
        raise NotCorrectable("Esta corrección ya no se hace sola.")
    made = _replaced(invoice, receptor, correo=correo, asked_by=BY_HIMSELF, now=now)
    insert(
        Correction(
            ticket=ticket, invoice=invoice, state=Correction.State.MADE, substitute=made, asked_at=now, decided_at=now
        )
    )
    record("invoice.corrected", about=f"invoice:{invoice.pk}", now=now, substitute=made.pk)
    return made


def ask_correction(*, ticket_id: int, invoice_id: int, receptor: Receptor, correo: str, now: datetime) -> Correction:
    """What is beyond the limits waits for the shop, with all that was typed. Raises NotCorrectable."""
    ticket, invoice = _locked(ticket_id, invoice_id)
    if how_corrected(ticket=ticket, invoice=invoice, now=now).way is not Way.BY_THE_SHOP:
        raise NotCorrectable("Esta corrección ya se pidió, o ya no hace falta.")
    asked = Correction(
        ticket=ticket,
        invoice=invoice,
        state=Correction.State.ASKED,
        receptor=asdict(receptor),
        correo=correo,
        asked_at=now,
    )
    insert(asked)
    record("correction.asked", about=f"invoice:{invoice.pk}", now=now)
    return asked


def approve_correction(*, correction_id: int, by: str, now: datetime) -> Invoice:
    """The shop makes it, with what the buyer typed. Raises NotCorrectable with the way out, and IllegalMove when another
    hand decided it."""
    known = Correction.objects.only("company", "ticket", "invoice").get(pk=correction_id)
    _, invoice = _locked(known.ticket_id, known.invoice_id)
    asked = Correction.locked(correction_id)
    if asked.state != Correction.State.ASKED:
        raise IllegalMove(f"{asked} was decided")
    if Emisor.objects.filter(issuing_suspended=True).exists():
        raise NotCorrectable("El SAT suspendió la emisión de tu empresa: acláralo en el SAT. La petición sigue aquí.")
    made = _replaced(invoice, Receptor(**asked.receptor), correo=asked.correo, asked_by=by, now=now)
    asked.move_to(Correction.State.MADE, substitute_id=made.pk, decided_at=now, decided_by=by, receptor={})
    record("correction.approved", about=f"invoice:{invoice.pk}", now=now, substitute=made.pk)
    return made


def reject_correction(*, correction_id: int, by: str, now: datetime) -> None:
    """The invoice stays as it is; what was typed for the new one is forgotten. Raises IllegalMove."""
    decided = Correction.locked(correction_id)
    decided.move_to(Correction.State.REJECTED, decided_at=now, decided_by=by, receptor={})
    record("correction.rejected", about=f"invoice:{decided.invoice_id}", now=now)


def replace_for(
    invoice: Invoice,
    receptor: Receptor,
    *,
    correo: str,
    reason: str,
    asked_by: str,
    origin: Origin,
    now: datetime,
    forma_pago: str = "",
) -> Invoice:
    """The same sale for another receiver, or for the same with other data. `forma_pago`: another than it said. Raises
    `invoices.replace.NotReplaceable`; then nothing was written, the proposed data neither."""
    content = content_for(invoice, receptor, now=now).but(uso_cfdi="")
    if forma_pago:
        content = content.but(forma_pago=forma_pago)
    with transaction.atomic():
        profile = propose_profile(receptor=receptor, correo=correo, origin=origin, now=now)
        return replace_invoice(
            invoice_id=invoice.pk,
            content=content.but(profile=profile),
            reason=reason,
            asked_by=asked_by,
            origin=origin,
            now=now,
        )


def content_for(invoice: Invoice, receptor: Receptor, *, now: datetime) -> Content:
    """What it said; of a note, what the note gives another receiver: who is withheld from changes the total (TAX-4)."""
    content = Content.of(invoice)
    tickets = tickets_of_invoice(invoice.pk)
    if not tickets or receptor.rfc == invoice.rfc:
        return content
    # Not `stand_of`: of a note that is invoiced it reads no rules, and then nothing would be withheld.
    terms = terms_of_tickets(tickets, rules=rules_of(tickets[0], now=now), rfc=receptor.rfc, by=invoice)
    return content.but(
        lines=terms.lines, total=terms.total, withheld=terms.withheld, generics=generics_to_json(terms.generics)
    )


def rules_of(ticket: Ticket, *, now: datetime) -> Rules:
    """Of a note, whatever became of it."""
    zone = zone_of(ticket.branch.cp)
    return rules_for(
        branch_id=ticket.branch_id,
        sold_on=ticket.sold_at.astimezone(zone).date(),
        today=now.astimezone(zone).date(),
    )


def _way(ticket: Ticket, invoice: Invoice, rules: Rules, *, now: datetime) -> Way:
    if rules.issuing_suspended:
        return Way.SUSPENDED
    if invoice.rfc in GENERICS:
        return Way.NO_RFC
    if Correction.objects.filter(invoice=invoice, state=Correction.State.ASKED).exists():
        return Way.ASKED
    if why_not_replaced(document_of(invoice), around(invoice)):
        return Way.CHANGING
    plan = plan_for(invoice=invoice, motivo=Motivo.ERRORS, now=now)
    if now.astimezone(zone_of(ticket.branch.cp)).date() > plan.last_day:
        return Way.TOO_LATE
    needs_others = any(
        step.act == "cancel" and (step.needs_acceptance or step.document.id != invoice.pk) for step in plan.steps
    )
    most = rules.today.corrections if rules.today else CORRECTIONS
    if needs_others or _made(invoice) >= most:
        return Way.BY_THE_SHOP
    return Way.AT_ONCE


def _made(invoice: Invoice) -> int:
    """By himself, of any of its notes, and of those the SAT took: one whose data it refused is tried again."""
    notes = Claim.objects.filter(invoice=invoice).values("ticket_id")
    own = Correction.objects.filter(ticket__in=notes, state=Correction.State.MADE, decided_by="")
    return own.exclude(substitute__state=State.REFUSED, substitute__refused_by=RefusedBy.RECEIVER).count()


def _locked(ticket_id: int, invoice_id: int) -> tuple[Ticket, Invoice]:
    # Of a joined invoice every note, by id: somebody else may correct it from another of them at this instant.
    ids = {ticket_id, *Claim.objects.live().filter(invoice_id=invoice_id).values_list("ticket_id", flat=True)}
    notes = Ticket.objects.select_related("branch").filter(pk__in=ids).order_by("pk")
    ticket: Ticket = {one.pk: one for one in notes.select_for_update(no_key=True, of=("self",))}[ticket_id]
    claim = Claim.objects.live().select_related("invoice__branch").filter(ticket=ticket, invoice_id=invoice_id).first()
    if claim is None or claim.invoice is None or claim.invoice.kind != Kind.INGRESO:
        raise NotCorrectable("Esta factura ya no es la de esta nota: ábrela otra vez con tu código.")
    return ticket, claim.invoice


def _replaced(invoice: Invoice, receptor: Receptor, *, correo: str, asked_by: str, now: datetime) -> Invoice:
    try:
        return replace_for(
            invoice,
            receptor,
            correo=correo,
            reason=REASON,
            asked_by=asked_by,
            origin=Origin.PORTAL,
            now=now,
        )
    except NotReplaceable as refused:
        raise NotCorrectable(str(refused)) from refused
