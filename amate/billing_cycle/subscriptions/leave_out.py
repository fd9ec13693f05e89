"""Some customers of a run that waits for a person are left for the next day's."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from amate.audit.record import record
from amate.billing_cycle.subscriptions.models import BillingRun, RunState
from amate.billing_cycle.subscriptions.review import foretell_payers
from amate.tenancy.writes import rewrite


class RunChanged(ValueError):
    """The run does not wait any more. The message (Spanish) is for people; nothing was written."""


def leave_out(*, run_id: int, customer_ids: Sequence[int], now: datetime) -> int:
    """How many were left out; whoever is not in it is not counted. What is due of them stays due, and is in the next
    review. Raises RunChanged."""
    run: BillingRun = BillingRun.locked(run_id)
    if run.state != RunState.REVIEW:
        raise RunChanged("Esta corrida ya no espera aprobación: no se cambió nada")
    asked, left = set(customer_ids), set()
    for batch in run.batches.order_by("number"):
        stay = [pk for pk in batch.customer_ids if pk not in asked]
        if len(stay) != len(batch.customer_ids):
            left |= set(batch.customer_ids) - set(stay)
            rewrite(batch, customer_ids=stay)
    if not left:
        return 0
    told = foretell_payers(sorted(left), today=run.day)
    rewrite(
        run,
        customers=run.customers - len(left),
        foretold=max(run.foretold - sum(one.charges for one in told), 0),
        foretold_total=max(run.foretold_total - sum((one.total for one in told), Decimal("0.00")), Decimal("0.00")),
    )
    record("billing_run.left_out", about=f"billing_run:{run.pk}", now=now, day=str(run.day), customers=len(left))
    return len(left)
