"""A person decides that a document is cancelled. From here on promises carry it, in the lawful order."""

from datetime import datetime

from amate.fiscal.clock import zone_of
from amate.invoices.hanging import hanging_on, persona_of_issuer, standing_of
from amate.invoices.how_it_stands import around, document_of, heir_of, lock_around
from amate.invoices.models import DEAD, NOT_SENT, Cancellation, Invoice, Motivo
from amate.invoices.owe_cancellation import owe_cancellation, promise_sending, take_back
from amate.invoices.plan_cancellation import WITHOUT_SUBSTITUTE, Plan, plan_cancellation
from amate.invoices.what_may_be_done import why_not_cancelled

LONGEST_REASON = 300


class NotCancellable(Exception):
    """Nothing was asked for. The message (Spanish) says why, and the way out."""


def plan_for(*, invoice: Invoice, motivo: str, now: datetime) -> Plan:
    """What cancelling it would take, in order: shown before it runs. Of a replaced document the motivo is 01 whatever is
    asked, because its substitute names it."""
    substitute = heir_of(invoice)
    return plan_cancellation(
        document=standing_of(invoice),
        motivo=Motivo.SUBSTITUTED if substitute else motivo,
        substitute=standing_of(substitute) if substitute else None,
        persona=persona_of_issuer(),
        today=now.astimezone(zone_of(invoice.branch.cp)).date(),
    )


def cancel_invoice(*, invoice_id: int, motivo: str, reason: str, asked_by: str, now: datetime) -> Cancellation:
    """Owe the cancellation of a document and, first, of what hangs on it. Answers the one of the document itself.

    Asked again while it is going on, it is the same one. Of a substitute it takes back the end of what it replaces, as
    long as that was not sent. Raises NotCancellable.
    """
    invoice = lock_around(invoice_id)
    going_on: Cancellation | None = Cancellation.objects.open().filter(invoice=invoice).first()
    if going_on is not None:
        return going_on
    why_not = why_not_cancelled(document_of(invoice), around(invoice))
    if why_not:
        raise NotCancellable(why_not)
    substitute = heir_of(invoice)
    _check_motivo(motivo, substitute)
    for waits_for_it in Cancellation.objects.filter(substitute=invoice, state__in=NOT_SENT):
        take_back(waits_for_it, now=now)
    own = Cancellation(
        invoice=invoice,
        motivo=Motivo.SUBSTITUTED if substitute else motivo,
        substitute=substitute,
        reason=reason[:LONGEST_REASON],
        asked_at=now,
        asked_by=asked_by,
    )
    owe_cancellation(own, now=now)
    owe_what_goes_before(own, asked_by=asked_by, now=now)
    return own


def owe_what_goes_before(own: Cancellation, *, asked_by: str, now: datetime) -> None:
    """The cancellation of everything that hangs on its document: asked for, or taken up where it was held."""
    for hanging in hanging_on(own.invoice_id):
        if hanging.state in DEAD or hanging.pk == own.substitute_id:
            continue
        before: Cancellation | None = Cancellation.objects.open().filter(invoice=hanging).first()
        if before is None:
            before = Cancellation(
                invoice=hanging,
                motivo=WITHOUT_SUBSTITUTE,
                because_of=own,
                reason=own.reason,
                asked_at=now,
                asked_by=asked_by,
            )
            owe_cancellation(before, now=now)
        elif before.state == Cancellation.State.HELD:
            before.move_to(Cancellation.State.ASKED, answer="")
            promise_sending(before.pk, now=now)
        owe_what_goes_before(before, asked_by=asked_by, now=now)


def _check_motivo(motivo: str, substitute: Invoice | None) -> None:
    if motivo not in Motivo.values:
        raise NotCancellable("Elige el motivo: 01, 02, 03 o 04.")
    if motivo == Motivo.SUBSTITUTED and substitute is None:
        raise NotCancellable(
            "El motivo 01 pide la factura que la sustituye: usa «Sustituir», que emite la nueva primero."
        )
