"""What a payment owes in documents, decided here alone: a REP, a PUE invoice, a note with its code, or nothing (CYCLE 6).

A look at a payment is a promise made in the commit in which it paid something (`ledger.owe_documents`). Looked at again,
nothing doubles: each part, debt and REP has one live document by constraint.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from amate.billing_cycle.reconciliation.document_rules import Owes, owed_by
from amate.billing_cycle.reconciliation.models import PaidNote
from amate.billing_cycle.reconciliation.paid_debts import PaidDebt, charges_of, paid_debts, payers_of
from amate.billing_cycle.reconciliation.paid_lines import NoLines, lines_of, lines_of_part
from amate.billing_cycle.reconciliation.pay_reps import draft_reps
from amate.billing_cycle.reconciliation.rep_elsewhere import rep_elsewhere
from amate.billing_cycle.reconciliation.take_back_fees import take_back_fees
from amate.billing_cycle.reconciliation.thank import promise_thanks
from amate.companies.billing_policy import billing_policy_on
from amate.fiscal.comprobante import DocumentRefused
from amate.invoices.await_payment import NotAwaited, await_payment
from amate.invoices.issue_many import DraftOf, issue_many
from amate.invoices.models import Origin
from amate.invoices.tell_paid import NotPaidInTime, tell_paid
from amate.ledger.lock import lock_customers
from amate.ledger.models import Allocation, Charge, Payment
from amate.promises.kinds import BATCH, SOMEBODY_WAITS
from amate.promises.promise import promise_all
from amate.tenancy.writes import insert_all

POR_DEFINIR = "99"
LEDGER = "amate"


@dataclass(slots=True)
class Documented:
    """What one look did. `troubles`: by payment, the sentence (Spanish) for a person who alone can go on."""

    drafts: int = 0
    reps: int = 0
    notes: int = 0
    troubles: dict[int, str] = field(default_factory=dict)


def document_payments(*, payment_ids: Collection[int], today: date, now: datetime) -> Documented:
    """Everything that these payments owe by now, in one transaction, and a promise for what has its day later. Up to 100 at
    once. Raises `customers.remaining.Merged` for a payer who was merged since he was read."""
    payers = payers_of(payment_ids)
    lock_customers(payers)
    undue = take_back_fees(payers, today=today, now=now)
    # Read in a new statement, under the locks of whoever paid (C6).
    debts = paid_debts(payment_ids)
    policy = billing_policy_on(today)
    by_way: dict[Owes, list[PaidDebt]] = {way: [] for way in Owes}
    done = Documented()
    for debt in debts:
        way, why = owed_by(debt.facts(policy))
        by_way[way].append(debt)
        if way is Owes.PERSON:
            _trouble(done, debt.money, why, payment_ids)
            done.troubles |= rep_elsewhere(debt, why, payment_ids)
    # Of the payment that brought it to light, though it may have paid nothing.
    asked = Payment.objects.filter(pk__in=payment_ids, customer_id__in=undue).values_list("pk", "customer_id")
    done.troubles |= {pk: undue[payer] for pk, payer in asked if payer is not None} if undue else {}
    _tell(by_way, done, payment_ids, now=now)
    _draft(by_way, done, payment_ids, now=now)
    done.notes = _owe_notes(by_way[Owes.NOTE], by_way[Owes.NOTE_PARTS], now=now)
    reps = draft_reps(by_way[Owes.REP], payment_ids=payment_ids, policy=policy, today=today, now=now)
    done.reps = reps.drafted
    done.troubles |= reps.troubles
    coming = {part.payment_id for way in (Owes.PUE, Owes.PUE_PARTS) for debt in by_way[way] for part in debt.money}
    noted = {part.payment_id for way in (Owes.NOTE, Owes.NOTE_PARTS) for debt in by_way[way] for part in debt.money}
    promise_thanks(payment_ids, documents=coming | reps.payments | noted, today=today, now=now)
    return done


def _trouble(done: Documented, parts: Iterable[Allocation], why: str, asked: Collection[int]) -> None:
    """Told of the payments that were asked about: of another one it was told in its own time."""
    for part in parts:
        if part.payment_id in asked:
            done.troubles[part.payment_id] = why


def _tell(by_way: dict[Owes, list[PaidDebt]], done: Documented, asked: Collection[int], *, now: datetime) -> None:
    """Mode B: the invoice stands; whether it may stay PUE depends on the day."""
    for debt in by_way[Owes.TELL_PAID] + by_way[Owes.AWAIT]:
        if debt.invoice is None:
            continue
        try:
            if debt.receivable.settled_on is None:
                await_payment(invoice_id=debt.invoice.pk, said_by=LEDGER, now=now)
            else:
                paid_on = max(part.payment.paid_on for part in debt.parts)
                tell_paid(invoice_id=debt.invoice.pk, paid_on=paid_on, said_by=LEDGER, now=now)
        except (NotPaidInTime, NotAwaited) as why:
            _trouble(done, debt.parts, str(why), asked)


# ------------------------------------------------------------ PUE, and PPD for what is not whole


def _draft(by_way: dict[Owes, list[PaidDebt]], done: Documented, asked: Collection[int], *, now: datetime) -> None:
    whole, parts, ppd = by_way[Owes.PUE], by_way[Owes.PUE_PARTS], by_way[Owes.PPD]
    charges = charges_of([debt.receivable.pk for debt in (*whole, *parts, *ppd)])
    drafts: list[DraftOf] = []
    for debt in (*whole, *parts, *ppd):
        try:
            if debt in parts:
                drafts += [_of_part(debt, part, charges[debt.receivable.pk]) for part in debt.open_money]
            else:
                drafts.append(_of_whole(debt, charges[debt.receivable.pk], ppd=debt in ppd))
        except (NoLines, DocumentRefused) as why:
            _trouble(done, debt.money, str(why), asked)
    issue_many(drafts, origin=Origin.SYSTEM, priority=SOMEBODY_WAITS if len(drafts) == 1 else BATCH, now=now)
    done.drafts = len(drafts)


def _of_whole(debt: PaidDebt, charges: Sequence[Charge], *, ppd: bool) -> DraftOf:
    one = debt.receivable
    assert debt.profile is not None
    return DraftOf(
        branch=one.branch,
        profile=debt.profile,
        correo="",
        lines=lines_of(charges),
        total=one.total,
        withheld=one.withheld,
        forma_pago=POR_DEFINIR if ppd else forma_of(debt.money),
        metodo_pago="PPD" if ppd else "PUE",
        moneda=one.moneda,
        receivable_id=one.pk,
    )


def _of_part(debt: PaidDebt, part: Allocation, charges: Sequence[Charge]) -> DraftOf:
    one = debt.receivable
    assert debt.profile is not None
    return DraftOf(
        branch=one.branch,
        profile=debt.profile,
        correo="",
        lines=lines_of_part(charges, part=part.amount),
        total=part.amount,
        withheld=one.withheld,
        forma_pago=forma_of([part]),
        metodo_pago="PUE",
        moneda=one.moneda,
        receivable_id=one.pk,
        allocation_id=part.pk,
    )


def forma_of(parts: Sequence[Allocation]) -> str:
    """The way by which most was paid (SAT's filling guide of Anexo 20); of equals the first. Raises DocumentRefused where no
    payment says its way."""
    sums: dict[str, Decimal] = {}
    for part in parts:
        sums[part.payment.forma_pago] = sums.get(part.payment.forma_pago, Decimal(0)) + part.amount
    found = max(sums, key=lambda forma: sums[forma])
    if found in ("", POR_DEFINIR):
        raise DocumentRefused("forma_pago", "No se sabe cómo se pagó: dilo en el pago, y vuelve a intentarlo")
    return found


# ------------------------------------------------------------ notes: the other half registers them


def _owe_notes(whole: Sequence[PaidDebt], parts: Sequence[PaidDebt], *, now: datetime) -> int:
    """A whole debt's is asked for each time: what was taken back before it was registered, and paid again, has none yet."""
    wanted = {f"note:{debt.receivable.pk}": {"receivable_id": debt.receivable.pk} for debt in whole}
    for debt in parts:
        for part in debt.open_money:
            said = {"receivable_id": debt.receivable.pk, "allocation_id": part.pk}
            wanted[f"note:{debt.receivable.pk}:{part.pk}"] = said
    fresh = [PaidNote(receivable=debt.receivable, made_at=now) for debt in whole if not debt.has_note]
    fresh += [
        PaidNote(receivable=debt.receivable, allocation=part, made_at=now) for debt in parts for part in debt.open_money
    ]
    insert_all(fresh)
    promise_all(kind="register_note", wanted=wanted, now=now, priority=SOMEBODY_WAITS)
    return len(wanted)
