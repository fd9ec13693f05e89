"""The facts that `what_may_be_done` decides on, read where a document stands now."""

from collections.abc import Iterator

from amate.invoices.hanging import SUBSTITUTION, standing_of
from amate.invoices.models import AT_THE_SAT, NOT_SENT, ON_THE_WAY, Cancellation, Invoice, Kind, MovedPayment, Relation
from amate.invoices.plan_cancellation import Standing
from amate.invoices.what_may_be_done import Around, Document, Named


def document_of(invoice: Invoice) -> Document:
    going = Cancellation.objects.open().filter(invoice=invoice).values_list("state", flat=True).first()
    return Document(
        name=str(invoice),
        kind=invoice.kind,
        state=invoice.state,
        metodo_pago=invoice.metodo_pago,
        refused_by=invoice.refused_by,
        replaced_by="" if invoice.replaced_by_id is None else str(invoice.replaced_by),
        cancelling=going or "",
    )


def around(invoice: Invoice) -> Around:
    going = Cancellation.objects.open().filter(invoice=invoice).select_related("substitute").first()
    ends = Cancellation.objects.open().filter(substitute=invoice).exclude(state__in=NOT_SENT)
    ending = ends.select_related("invoice").first()
    heir = heir_of(invoice)
    return Around(
        awaited=None if going is None or going.substitute is None else _named(going.substitute),
        heir=None if heir is None else _named(heir),
        coming=Invoice.objects.filter(replaces=invoice, state__in=ON_THE_WAY).exists(),
        ending="" if ending is None else str(ending.invoice),
        hangs=_hanging(invoice, own=going, heir=heir),
        takes_out_of=_takes_out_of(invoice),
    )


def _takes_out_of(invoice: Invoice) -> str:
    """Of an egreso that let a note leave its global; which note is the business of the room above, that keeps the row."""
    if invoice.kind != Kind.EGRESO or not hasattr(invoice, "takes_out") or invoice.takes_out.returned_at is not None:
        return ""
    whole = invoice.takes_out.global_invoice
    return str(whole) if whole.state in AT_THE_SAT else ""


def _hanging(invoice: Invoice, *, own: Cancellation | None, heir: Invoice | None) -> tuple[Named, ...]:
    """What the document's own request asked of them, while it is not sent, is no business of theirs."""
    found = [one for one in _below(standing_of(invoice)) if heir is None or one.id != heir.pk]
    ids = [one.id for one in found]
    if not ids:
        return ()
    asked = dict(Cancellation.objects.open().filter(invoice_id__in=ids).values_list("invoice_id", "because_of_id"))
    mine = {pk for pk, because in asked.items() if own is not None and own.state in NOT_SENT and because == own.pk}
    moving = set(MovedPayment.objects.open().filter(rep_id__in=ids).values_list("rep_id", flat=True)) - mine
    return tuple(
        Named(one.number, one.state, kind=one.kind, going=one.id in asked.keys() - mine, moving=one.id in moving)
        for one in found
    )


def heir_of(invoice: Invoice) -> Invoice | None:
    """What stands in its place and names it with 04. A substitute's own substitute stands there too, and does not."""
    found = invoice.replaced_by
    named = Relation.objects.filter(invoice=found, related=invoice, tipo_relacion=SUBSTITUTION)
    return found if found is not None and named.exists() else None


def lock_around(invoice_id: int) -> Invoice:
    """It and every document whose cancellation moves with its own, newest first. Whoever asks looks again afterwards."""
    found = Invoice.objects.select_related("branch", "replaced_by").get(pk=invoice_id)
    ids = {invoice_id, *(one.id for one in _below(standing_of(found)))}
    ids |= {found.replaced_by_id} if found.replaced_by_id is not None else set()
    touched = list(Cancellation.objects.open().filter(substitute_id=invoice_id))
    touched += Cancellation.objects.open().filter(invoice_id=invoice_id)
    ids |= {one.invoice_id for one in touched} | {one.substitute_id for one in touched if one.substitute_id}
    ids |= set(Cancellation.objects.open().filter(because_of__in=touched).values_list("invoice_id", flat=True))
    for pk in sorted(ids, reverse=True):
        Invoice.locked(pk)
    now: Invoice = Invoice.objects.select_related("branch", "replaced_by__branch").get(pk=invoice_id)
    return now


def _below(standing: Standing) -> Iterator[Standing]:
    for one in standing.hangs:
        yield one
        yield from _below(one)


def _named(other: Invoice) -> Named:
    going = Cancellation.objects.open().filter(invoice=other).exists()
    return Named(name=str(other), state=other.state, going=going)
