"""A substitute and the cancellation of what it replaces, as one act (REL-4, FEATURES 32).

The new one is stamped first and names the old one with 04; then the old one is cancelled with motivo 01. Both are owed
from the beginning, so nothing has to come back: the stamp finds the cancellation that waits for it, whenever that is.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from amate.audit.record import record
from amate.customers.models import FiscalProfile
from amate.fiscal.ingreso import check_payment
from amate.invoices.draft import write_draft
from amate.invoices.hanging import SUBSTITUTION, hanging_on
from amate.invoices.how_it_stands import around, document_of, lock_around
from amate.invoices.models import (
    AwaitedHow,
    AwaitedPayment,
    Cancellation,
    Invoice,
    Kind,
    Motivo,
    Origin,
    Relation,
)
from amate.invoices.move_payment import owe_move
from amate.invoices.owe_cancellation import owe_cancellation, promise_sending, take_back
from amate.invoices.received_in import received_in
from amate.invoices.what_may_be_done import why_not_replaced
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.lease import withdraw
from amate.tenancy.writes import insert_unless_there, rewrite


class NotReplaceable(Exception):
    """Nothing was written. The message (Spanish) says why, and the way out."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a document says, as its draft keeps it: of the substitute, whatever is not another copied from the old one."""

    profile: FiscalProfile
    lines: list[dict[str, Any]]
    generics: list[dict[str, str]]
    forma_pago: str
    metodo_pago: str
    uso_cfdi: str
    moneda: str
    tipo_cambio: str
    total: Decimal
    withheld: Decimal

    @classmethod
    def of(cls, invoice: Invoice) -> "Content":
        return cls(**{name: getattr(invoice, name) for name in cls.__slots__})

    def but(self, **other: Any) -> "Content":
        return replace(self, **other)


def replace_invoice(
    *, invoice_id: int, content: Content, reason: str, asked_by: str, origin: Origin, now: datetime
) -> Invoice:
    """Draft the substitute and owe both stamps of it: its own, and the end of the old one. Raises NotReplaceable, and
    `fiscal.comprobante.DocumentRefused` for PUE with 99.

    Of an invoice whose substitute was refused it is another try: the refused one is no more. Its REPs are cancelled once the
    substitute is stamped, and issued again for it: of one whose receiver says no, the old invoice lives on (move_payment).
    """
    old = lock_around(invoice_id)
    why_not = why_not_replaced(document_of(old), around(old))
    if why_not:
        raise NotReplaceable(why_not)
    if old.kind == Kind.INGRESO:
        check_payment(content.forma_pago, content.metodo_pago)
    reps = [one for one in hanging_on(old.pk) if one.kind == Kind.PAGO]
    if reps and content.metodo_pago != old.metodo_pago:
        raise NotReplaceable(f"{old} tiene complementos de pago: la que la sustituya también es PPD.")
    _give_up_refused(old, now=now)
    substitute = write_draft(
        Invoice(
            kind=old.kind,
            branch=old.branch,
            receivable_id=old.receivable_id,
            allocation_id=old.allocation_id,
            origin=origin,
            replaces=old,
            rfc=content.profile.rfc,
            nombre=content.profile.nombre,
            correo=content.profile.correo,
            periodicidad=old.periodicidad,
            period_from=old.period_from,
            period_to=old.period_to,
            part=old.part,
            **{name: getattr(content, name) for name in Content.__slots__},
        ),
        names=[(SUBSTITUTION, old), *_named_by_the_old(old)],
        priority=SOMEBODY_WAITS,
        now=now,
    )
    own = Cancellation(
        invoice=old,
        motivo=Motivo.SUBSTITUTED,
        substitute=substitute,
        reason=reason,
        asked_at=now,
        asked_by=asked_by,
    )
    owe_cancellation(own, now=now)
    for rep in reps:
        _pass_rep_on(rep, own, now=now)
    record("invoice.replaced", about=f"invoice:{old.pk}", now=now, substitute=substitute.pk, reason=reason)
    return substitute


def take_place(substitute: Invoice, *, now: datetime) -> None:
    """In the transaction of its stamp: from here on it stands for the old one, whose cancellation may go out (C4).

    Newer documents are locked before older ones, here as everywhere.
    """
    assert substitute.replaces_id is not None
    Invoice.objects.filter(pk=substitute.replaces_id).update(replaced_by=substitute)
    _await_its_payment(substitute, now=now)
    freed = Q(substitute=substitute) | Q(because_of__substitute=substitute)
    for pk in Cancellation.objects.open().filter(freed).values_list("pk", flat=True):
        promise_sending(pk, now=now)


def _await_its_payment(substitute: Invoice, *, now: datetime) -> None:
    """What nobody had paid of the old one nobody has paid of the new one; PPD says so itself."""
    assert substitute.replaces_id is not None
    awaited = AwaitedPayment.objects.filter(invoice_id=substitute.replaces_id, settled_at__isnull=True).first()
    if awaited is None:
        return
    rewrite(awaited, settled_at=now, how=AwaitedHow.REPLACED)
    if substitute.metodo_pago == "PUE":
        insert_unless_there(AwaitedPayment(invoice=substitute, since=awaited.since, said_by=awaited.said_by))


def _pass_rep_on(rep: Invoice, own: Cancellation, *, now: datetime) -> None:
    said = {"reason": own.reason, "asked_by": own.asked_by}
    before = Cancellation(invoice=rep, motivo=Motivo.ERRORS, because_of=own, asked_at=now, **said)
    owe_cancellation(before, now=now)
    owe_move(rep, received_in(rep), now=now, **said)


def _give_up_refused(old: Invoice, *, now: datetime) -> None:
    """What was refused was surely not stamped; nobody tries it again beside the new one."""
    going_on = Cancellation.objects.open().filter(invoice=old).first()
    if going_on is None:
        return
    withdraw([f"stamp:{going_on.substitute_id}", f"cancel:{going_on.pk}"], now=now)
    take_back(going_on, now=now)


def _named_by_the_old(old: Invoice) -> list[tuple[str, Invoice]]:
    """What a credit note credits, its substitute credits too; but not what the old one was itself a substitute of."""
    named = Relation.objects.filter(invoice=old).exclude(tipo_relacion=SUBSTITUTION).select_related("related")
    return [(one.tipo_relacion, one.related) for one in named.order_by("pk")]
