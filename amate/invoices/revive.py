"""Whether a refused document may be tried again. Meanwhile nobody counted it: what it needs may be gone (DB-4, DB-5, C4)."""

from collections.abc import Sequence

from amate.invoices.models import Cancellation, Instalment, Invoice, Kind, Relation, State
from amate.invoices.remaining import CREDITS, credited_of, left_of


def why_not_revived(invoice: Invoice) -> str:
    """Of a locked refused document: a sentence (Spanish) with the way out; empty when it may go on.

    What it names is locked too, newest first, so that nobody takes the same money while it comes back.
    """
    if invoice.replaces_id is None and invoice.kind not in (Kind.EGRESO, Kind.PAGO):
        return ""
    named = Relation.objects.filter(invoice=invoice, tipo_relacion__in=CREDITS)
    credited = list(named.values_list("related_id", flat=True))
    instalments = list(Instalment.objects.filter(rep=invoice))
    needed = {*credited, *(one.invoice_id for one in instalments)}
    if invoice.replaces_id is not None:
        needed.add(invoice.replaces_id)
    locked: dict[int, Invoice] = {pk: Invoice.locked(pk) for pk in sorted(needed, reverse=True)}
    return (
        next(filter(None, (_not_standing(one, invoice) for one in locked.values())), "")
        or (_no_substitute(locked[invoice.replaces_id], invoice) if invoice.replaces_id is not None else "")
        or (_too_much_credit([locked[pk] for pk in credited], invoice) if invoice.kind == Kind.EGRESO else "")
        or _not_payable(instalments, locked)
    )


def _not_standing(needed: Invoice, revived: Invoice) -> str:
    if needed.replaced_by_id is not None:
        return f"A {needed} ya la sustituye {needed.replaced_by}: no reintentes este documento, haz otro de esa."
    if needed.state == State.CANCELLED:
        return f"{needed} ya está cancelada: este documento ya no procede y se queda rechazado."
    others = Cancellation.objects.open().filter(invoice=needed).exclude(motivo="01", substitute=revived)
    going_on = others.select_related("substitute").first()
    if going_on is not None and going_on.substitute is not None and revived.replaces_id == needed.pk:
        return f"A {needed} ya la sustituye otro documento, {going_on.substitute}: este se queda rechazado."
    if needed.state != State.STAMPED or going_on is not None:
        return f"{needed} se está cancelando: retira la cancelación o espera a que termine, y reintenta."
    return ""


def _no_substitute(old: Invoice, revived: Invoice) -> str:
    """The cancellation that waits for it was withdrawn: stamped now, both would live."""
    if Cancellation.objects.open().filter(invoice=old, substitute=revived).exists():
        return ""
    return f"La cancelación de {old} que esperaba a este documento se retiró: usa «Sustituir» en {old} para hacer otro."


def _too_much_credit(credited: Sequence[Invoice], note: Invoice) -> str:
    # The note that it replaces is still counted, and goes when this one is stamped.
    mine = note.total - (note.replaces.total if note.replaces is not None else 0)
    for invoice in credited:
        left = invoice.total - credited_of(invoice)
        if mine > left:
            return (
                f"De {invoice} quedan {left:,.2f} por acreditar y esta nota suma {note.total:,.2f}: ya hay otra nota. "
                "Cancela la otra y reintenta, o haz una por lo que queda."
            )
    return ""


def _not_payable(instalments: Sequence[Instalment], locked: dict[int, Invoice]) -> str:
    for one in instalments:
        invoice = locked[one.invoice_id]
        if one.reopened_at is not None:
            return f"Su pago de {invoice} ya se liberó: haz otro complemento desde {invoice}."
        if left_of(invoice).to_pay < 0:
            return f"De {invoice} ya no queda tanto por pagar: cancela la nota de crédito que sobra y reintenta."
    return ""
