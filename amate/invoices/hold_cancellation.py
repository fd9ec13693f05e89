"""What a cancellation waited for will not come about by itself: from here on it waits for a person.

A document whose end was asked for stays live, or the substitute that was to be stamped first is refused. Older documents are locked after the one that stays, here as everywhere. The promise of each gives up with the sentence,
so that it is read in Pendientes and told by mail (decision 0014).
"""

from datetime import datetime

from amate.audit.record import record
from amate.invoices.hanging import named_by
from amate.invoices.models import Cancellation, CancellationState, Invoice
from amate.invoices.owe_cancellation import promise_sending


def hold_what_waits_for(stays: Invoice, *, why: str, now: datetime) -> None:
    """`stays` is locked and hangs on them still; `why` (Spanish): what became of its own cancellation."""
    waiting = Cancellation.objects.filter(state=CancellationState.ASKED, invoice_id__in=named_by(stays))
    for pk, invoice_id in waiting.order_by("-invoice_id").values_list("pk", "invoice_id"):
        invoice = Invoice.locked(invoice_id)
        cancellation = Cancellation.locked(pk)
        if cancellation.state != CancellationState.ASKED or cancellation.substitute_id == stays.pk:
            continue
        said = (
            f"{stays} sigue vigente y mientras tanto el SAT no cancela {invoice}: {why} Abre {invoice}: ahí lo intentas "
            "otra vez o retiras la cancelación."
        )
        cancellation.move_to(CancellationState.HELD, answer=said)
        record("invoice.cancel_held", about=f"invoice:{invoice.pk}", now=now, because_of=stays.pk)
        promise_sending(cancellation.pk, now=now)
        hold_what_waits_for(invoice, why=f"también espera a {stays}.", now=now)


def hold_what_it_was_to_replace(refused: Invoice, *, now: datetime) -> None:
    """`refused`, locked: a substitute that nobody tries again, because its receiver's data are wrong."""
    waiting = Cancellation.objects.filter(state=CancellationState.ASKED, substitute=refused).first()
    if waiting is None:
        return
    invoice = Invoice.locked(waiting.invoice_id)
    cancellation = Cancellation.locked(waiting.pk)
    if cancellation.state != CancellationState.ASKED:
        return
    said = (
        f"La que sustituye a {invoice} se rechazó: {refused.refusal} Abre {invoice}: ahí usas «Sustituir» con los datos "
        "correctos, o retiras la cancelación."
    )
    cancellation.move_to(CancellationState.HELD, answer=said)
    record("invoice.cancel_held", about=f"invoice:{invoice.pk}", now=now, because_of=refused.pk)
    promise_sending(cancellation.pk, now=now)
