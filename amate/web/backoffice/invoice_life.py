"""What the page of a document says of its life: cancellation with its papers, related documents, what is left, dates."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from amate.fiscal.clock import zone_of
from amate.invoices.deadlines import accepted_by, cancel_by, free_cancel_by, rep_by, stamp_by
from amate.invoices.hanging import hanging_on, persona_of_issuer
from amate.invoices.how_it_stands import around, document_of
from amate.invoices.models import (
    AT_THE_SAT,
    NOT_SENT,
    Cancellation,
    CancellationPaper,
    CancellationState,
    Instalment,
    Invoice,
    Kind,
    Relation,
    State,
)
from amate.invoices.remaining import credited_of
from amate.invoices.what_may_be_done import (
    why_not_abandoned,
    why_not_cancelled,
    why_not_credited,
    why_not_paid,
    why_not_replaced,
    why_not_tried_again,
    why_not_withdrawn,
)
from amate.web.backoffice.replacing import not_here
from amate.web.backoffice.rows import Pill, invoice_pill

RELATIONS = {
    "01": "Nota de crédito de",
    "02": "Nota de débito de",
    "03": "Devolución de",
    "04": "Sustituye a",
    "07": "Aplica el anticipo de",
}
NAMED_BY = {"01": "Nota de crédito", "02": "Nota de débito", "03": "Devolución", "04": "Sustituta", "07": "Anticipo"}


@dataclass(frozen=True, slots=True)
class Related:
    """Another document and what it is to this one."""

    what: str
    invoice: Invoice
    pill: Pill


@dataclass(frozen=True, slots=True)
class Asked:
    """One cancellation. `waits`: the documents that go before it; `answer_by`: the receiver's last day."""

    row: Cancellation
    papers: list[CancellationPaper]
    waits: list[Invoice]
    answer_by: date | None


def life_of(found: Invoice) -> dict[str, Any]:
    """For the template, by name."""
    paid = list(Instalment.objects.live().filter(invoice=found).select_related("rep").order_by("num_parcialidad"))
    credited = credited_of(found) if found.uuid else Decimal(0)
    left = found.total - credited - sum((one.imp_pagado for one in paid), Decimal(0))
    return {
        "asked": [_asked(one) for one in Cancellation.objects.filter(invoice=found).order_by("-pk")],
        "related": _related(found),
        "instalments": paid,
        "credited": credited,
        "left_to_pay": left,
        "dates": _dates(found),
        **what_may_be_done(found, left_to_credit=found.total - credited, left_to_pay=left),
    }


def what_may_be_done(found: Invoice, *, left_to_credit: Decimal, left_to_pay: Decimal) -> dict[str, bool]:
    """A button for each act that would not refuse."""
    it, beside = document_of(found), around(found)
    return {
        "can_cancel": not why_not_cancelled(it, beside),
        "can_replace": not why_not_replaced(it, beside) and not not_here(found),
        "can_credit": not why_not_credited(it, left=left_to_credit),
        "can_pay": not why_not_paid(it, left=left_to_pay),
        "can_withdraw": not why_not_withdrawn(it, beside),
        "can_try_again": not why_not_tried_again(it, beside),
        "can_abandon": not why_not_abandoned(it),
    }


def _asked(one: Cancellation) -> Asked:
    waits: list[Invoice] = []
    if one.state in NOT_SENT:
        waits = [other for other in hanging_on(one.invoice_id) if other.pk != one.substitute_id]
        if one.substitute is not None and one.substitute.state not in AT_THE_SAT:
            waits.insert(0, one.substitute)
    waiting_for_receiver = one.state == CancellationState.RECEIVED and one.invoice.state == State.IN_PROCESS
    zone = zone_of(one.invoice.branch.cp)
    last = accepted_by(one.received_at.astimezone(zone).date()) if waiting_for_receiver and one.received_at else None
    return Asked(one, list(one.papers.order_by("pk")), waits, last)


def _related(found: Invoice) -> list[Related]:
    names = Relation.objects.filter(invoice=found).select_related("related").order_by("pk")
    named_by = Relation.objects.filter(related=found).select_related("invoice").order_by("pk")
    paid = Instalment.objects.filter(rep=found).select_related("invoice").order_by("pk")
    told = [
        *((RELATIONS.get(one.tipo_relacion, "Relacionada con"), one.related) for one in names),
        *((NAMED_BY.get(one.tipo_relacion, "La nombra"), one.invoice) for one in named_by),
        *((f"Paga ${one.imp_pagado:,.2f} de", one.invoice) for one in paid),
    ]
    return [Related(what, other, invoice_pill(other)) for what, other in told]


def _dates(found: Invoice) -> list[tuple[str, date]]:
    """Those that still matter, with the rule's own words."""
    zone = zone_of(found.branch.cp)
    if found.sealed_at is None:
        return []
    if found.uuid is None:
        return [("El PAC la timbra hasta", stamp_by(found.sealed_at).astimezone(zone).date())]
    if found.state not in AT_THE_SAT:
        return []
    issued = found.sealed_at.astimezone(zone).date()
    told = [("Se cancela sin aceptación hasta", free_cancel_by(issued))] if found.kind == Kind.INGRESO else []
    told.append(("Último día para cancelarla", cancel_by(issued, persona=persona_of_issuer())))
    if found.kind == Kind.PAGO:
        told = [
            *told,
            *(
                ("El complemento debía emitirse a más tardar", rep_by(date.fromisoformat(one["fecha_pago"][:10])))
                for one in found.lines[:1]
            ),
        ]
    return told
