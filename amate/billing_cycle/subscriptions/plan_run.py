"""The day's run is planned: who has something due, in batches of a hundred, each a promise of its own."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from amate.audit.record import record
from amate.billing_cycle.subscriptions.agreed import agreed_with, closed_around, tariff_of
from amate.billing_cycle.subscriptions.bill import REFUSALS, Billed
from amate.billing_cycle.subscriptions.models import BillingBatch, BillingRun, Parking, RunState, Subscription, Term
from amate.billing_cycle.subscriptions.orders import Rules, bill_of
from amate.companies.billing_policy import billing_policy_on
from amate.ledger.charge import AT_ONCE
from amate.promises.kinds import BATCH
from amate.promises.promise import promise_all
from amate.tenancy.writes import insert_unless_there

ZERO = Decimal("0.00")


def plan_runs(*, today: date, now: datetime) -> list[BillingRun]:
    """Plan what is not planned yet of the day: the automatic run, and the one that a person reviews first. Asked again, or
    by two at once, a day is planned once."""
    planned = set(BillingRun.objects.filter(day=today).values_list("reviewed", flat=True))
    wanted = [reviewed for reviewed in (False, True) if reviewed not in planned]
    return [run for reviewed in wanted if (run := _plan(reviewed=reviewed, today=today, now=now))]


def approve_run(*, run_id: int, now: datetime) -> BillingRun:
    """A person says go. Raises `tenancy.models.IllegalMove` for a run that does not wait for it."""
    run: BillingRun = BillingRun.locked(run_id)
    batches = [one for one in run.batches.order_by("number") if one.customer_ids]
    run.move_to(RunState.RUNNING, began_at=now)
    record(
        "billing_run.approved", about=f"billing_run:{run.pk}", now=now, day=str(run.day), charges=run.foretold,
        total=str(run.foretold_total),
    )  # fmt: skip
    if not batches:  # everybody was left out
        run.move_to(RunState.DONE, done_at=now)
        return run
    run.batches.exclude(pk__in=[one.pk for one in batches]).update(done_at=now)
    _owe(batches, now=now)
    return run


def batch_done(*, batch_id: int, billed: Billed, now: datetime) -> None:
    """Note what became of a batch; with its last one the run is done. What was billed is in the periods, not here."""
    batch = BillingBatch.objects.get(pk=batch_id)
    run: BillingRun = BillingRun.locked(batch.run_id)
    facts = {name: getattr(billed, name) for name in Billed.__slots__}
    BillingBatch.objects.filter(pk=batch_id, done_at=None).update(done_at=now, **facts)
    if run.state == RunState.RUNNING and not BillingBatch.objects.filter(run=run, done_at=None).exists():
        run.move_to(RunState.DONE, done_at=now)


def _plan(*, reviewed: bool, today: date, now: datetime) -> BillingRun | None:
    payers = _payers(reviewed=reviewed, today=today)
    if reviewed and not payers:
        return None  # nothing waits for anybody: a subscription of this morning may still come
    count, total = _foretold(payers, today=today) if reviewed else (len(payers), ZERO)
    run = BillingRun(
        day=today,
        reviewed=reviewed,
        state=RunState.REVIEW if reviewed else RunState.RUNNING if payers else RunState.DONE,
        customers=len(payers),
        foretold=count,
        foretold_total=total,
        planned_at=now,
        began_at=None if reviewed else now,
        done_at=None if payers else now,
    )
    if not insert_unless_there(run):
        return None
    batches = [
        BillingBatch(run=run, number=at // AT_ONCE, customer_ids=payers[at : at + AT_ONCE])
        for at in range(0, len(payers), AT_ONCE)
    ]
    if reviewed:  # what nobody looked at yesterday is in today's
        for old in BillingRun.objects.filter(reviewed=True, state=RunState.REVIEW, day__lt=today):
            old.move_to(RunState.DONE, done_at=now)
    BillingBatch.objects.bulk_create(batches, batch_size=500)
    if not reviewed:
        _owe(batches, now=now)
    return run


def _owe(batches: Sequence[BillingBatch], *, now: datetime) -> None:
    wanted = {f"bill:batch:{one.pk}": {"batch_id": one.pk} for one in batches}
    promise_all(kind="bill", wanted=wanted, now=now, priority=BATCH)


def _payers(*, reviewed: bool, today: date) -> list[int]:
    """In the order of their locks. Whose plan of today is reviewed is asked again when he is billed."""
    parked = Parking.objects.open().filter(customer_id=OuterRef("payer_id"))
    terms = Term.objects.filter(subscription_id=OuterRef("pk"), plan__reviewed=reviewed)
    current = terms.filter(Q(to_on=None) | Q(to_on__gt=today))
    due = Subscription.objects.due(today).filter(~Exists(parked), Exists(current) | Q(ends_on__lte=today))
    return list(due.order_by("payer_id").values_list("payer_id", flat=True).distinct())


def _foretold(payers: Sequence[int], *, today: date) -> tuple[int, Decimal]:
    """How many charges a reviewed run will make, and their sum, before it begins."""
    count, total = 0, ZERO
    rules = Rules(billing_policy_on(today), closed_around(today), today)
    for at in range(0, len(payers), AT_ONCE):
        due = Subscription.objects.due(today).filter(payer_id__in=payers[at : at + AT_ONCE])
        files = agreed_with(list(due.select_related("customer")))
        tariff = tariff_of(files)
        for one in files:
            if not tariff.plans[one.next_term.plan_id].reviewed:
                continue
            try:
                charges = bill_of(one, tariff, rules).charges
            except REFUSALS:  # he will be parked, and is told there
                continue
            count += len(charges)
            total += sum((charge.total for _, charge in charges), ZERO)
    return count, total
