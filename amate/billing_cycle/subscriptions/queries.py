"""Reading runs: how far one is, what it made of what was foretold, and whether the days have theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Q, Sum, Value
from django.db.models.functions import Coalesce

from amate.billing_cycle.subscriptions.models import BillingBatch, BillingRun, RunState

ZERO = Decimal("0.00")
_MONEY = DecimalField(max_digits=18, decimal_places=2)


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one run. `batches` of which `done` are behind us; `short`: what was foretold and is not charged, once it is done
    (a reviewed run foretells charges and their sum, any other the customers it will look at)."""

    batches: int
    done: int
    customers: int
    charges: int
    receivables: int
    drafts: int
    skipped: int
    parked: int
    total: Decimal
    short: Decimal

    @property
    def percent(self) -> int:
        return 100 if not self.batches else 100 * self.done // self.batches

    @property
    def is_red(self) -> bool:
        """Somebody has to look: a customer is parked, or less was charged than was said."""
        return self.parked > 0 or self.short > 0


def progress_of(run: BillingRun) -> Progress:
    """In one statement, whatever the size of the run."""
    return progress_of_many([run])[run.pk]


def progress_of_many(runs: Sequence[BillingRun]) -> dict[int, Progress]:
    """By run, in one statement."""
    names = ("charges", "receivables", "drafts", "skipped", "parked")
    sums = {f"of_{name}": Coalesce(Sum(name), Value(0)) for name in names}
    rows = (
        BillingBatch.objects.filter(run_id__in=[run.pk for run in runs])
        .values("run_id")
        .annotate(
            batches=Count("pk"),
            done=Count("pk", filter=Q(done_at__isnull=False)),
            sum=Coalesce(Sum("total"), Value(ZERO), output_field=_MONEY),
            **sums,
        )
        .order_by()
    )
    found: dict[int, dict[str, Any]] = {row["run_id"]: dict(row) for row in rows}
    nothing: dict[str, Any] = dict.fromkeys([*sums, "batches", "done"], 0) | {"sum": ZERO}
    return {run.pk: _progress(run, found.get(run.pk, nothing)) for run in runs}


def _progress(run: BillingRun, row: dict[str, Any]) -> Progress:
    over = run.reviewed and run.began_at is not None and run.state == RunState.DONE
    return Progress(
        batches=row["batches"],
        done=row["done"],
        customers=run.customers,
        charges=row["of_charges"],
        receivables=row["of_receivables"],
        drafts=row["of_drafts"],
        skipped=row["of_skipped"],
        parked=row["of_parked"],
        total=row["sum"],
        short=max(run.foretold_total - row["sum"], ZERO) if over else ZERO,
    )


def last_run_day() -> date | None:
    """The last day that was planned: the home page is red when it is not today."""
    found: date | None = (
        BillingRun.objects.filter(reviewed=False).order_by("-day").values_list("day", flat=True).first()
    )
    return found
