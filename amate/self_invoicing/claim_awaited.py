"""The awaited sale is here, or will not come: who asked first gets his invoice, and everybody else is told."""

from datetime import datetime, timedelta

from amate.audit.record import record
from amate.fiscal.receptor import Receptor
from amate.invoices.models import Invoice, Origin, RefusedBy, State
from amate.promises.kinds import MAIL
from amate.promises.promise import promise
from amate.self_invoicing.await_sale import WAITING, owe_claims
from amate.self_invoicing.claim import NotClaimable, claim_ticket
from amate.self_invoicing.models import AwaitedSale, Ticket
from amate.self_invoicing.rules import Standing

Outcome = AwaitedSale.Outcome

# To somebody who came second nothing is said of who came first.
SOMEBODY_HAS_IT = frozenset({Standing.INVOICED, Standing.ISSUING, Standing.HELD_BY_US, Standing.IN_GLOBAL})
# A document that a PAC has kept waiting this long has become a matter of people.
STILL_WATCHED = timedelta(days=7)


def claim_awaited(*, ticket_id: int, now: datetime) -> None:
    """Everybody who awaits this note, in the order in which they asked."""
    ticket = Ticket.objects.get(pk=ticket_id)
    found = AwaitedSale.objects.select_for_update(no_key=True).filter(code=ticket.code, outcome=WAITING)
    for wish in found.order_by("pk"):
        if wish.total_cents == ticket.total_cents:
            _claim(wish, ticket, now=now)
        elif ticket.created_at > wish.asked_at:
            _settle(wish, Outcome.DIFFERS, now=now)
        # Of a note that was here when he asked he learns no more than of one that never comes (OUTSIDE GRD-2).


def look_after_awaited(*, now: datetime) -> None:
    """What no arrival settles: a sale registered at the very moment somebody asked for it, the end of the wait, and data that
    the SAT refused when nobody was at a page to be told."""
    waiting = list(AwaitedSale.objects.filter(outcome=WAITING).values_list("code", "total_cents"))
    here = Ticket.objects.filter(code__in={code for code, _ in waiting})
    due = {code: pk for pk, code, cents in here.values_list("pk", "code", "total_cents") if (code, cents) in waiting}
    owe_claims(due, now=now)
    over = AwaitedSale.objects.select_for_update(no_key=True).filter(outcome=WAITING, lapses_at__lte=now)
    for wish in over.exclude(code__in=list(due)).order_by("pk"):
        _settle(wish, Outcome.LAPSED, now=now)
    refused = AwaitedSale.objects.select_for_update(no_key=True, of=("self",)).filter(
        outcome=Outcome.CLAIMED,
        settled_at__gt=now - STILL_WATCHED,
        invoice__state=State.REFUSED,
        invoice__refused_by=RefusedBy.RECEIVER,
    )
    for wish in refused.select_related("invoice").order_by("pk"):
        assert wish.invoice is not None  # wait_invoiced_if_claimed
        AwaitedSale.objects.filter(pk=wish.pk).update(outcome=Outcome.REFUSED)
        _tell(wish, Outcome.REFUSED, to=wish.invoice.correo, now=now)


def _claim(wish: AwaitedSale, ticket: Ticket, *, now: datetime) -> None:
    try:
        invoice = claim_ticket(
            ticket_id=ticket.pk,
            receptor=Receptor(**wish.receptor),
            correo=wish.correo,
            origin=Origin.PORTAL,
            now=now,
        )
    except NotClaimable as refused:
        taken = refused.standing in SOMEBODY_HAS_IT
        _settle(wish, Outcome.TAKEN if taken else Outcome.CLOSED, now=now)
    else:
        _settle(wish, Outcome.CLAIMED, invoice=invoice, now=now)


def _settle(wish: AwaitedSale, outcome: Outcome, *, now: datetime, invoice: Invoice | None = None) -> None:
    to = wish.correo
    AwaitedSale.objects.filter(pk=wish.pk).update(
        outcome=outcome, settled_at=now, receptor={}, correo="", invoice=invoice
    )
    record("ticket.awaited_settled", about=f"awaited_sale:{wish.pk}", now=now, outcome=outcome.value)
    if outcome is not Outcome.CLAIMED:  # his invoice itself tells him
        _tell(wish, outcome, to=to, now=now)


def _tell(wish: AwaitedSale, outcome: Outcome, *, to: str, now: datetime) -> None:
    key = f"awaited:{wish.pk}:{outcome.value}"
    promise(
        "tell_awaited", key=key, now=now, priority=MAIL, awaited_id=wish.pk, outcome=outcome.value, to=to, message=key
    )
