"""What Inicio tells of the wheel: today's run, and what of it needs a person. One statement while nobody is subscribed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Subquery
from django.http import HttpRequest

from amate.access.may import MAY_KEEP_SUBSCRIPTIONS
from amate.billing_cycle.subscriptions.forecast import never_billed
from amate.billing_cycle.subscriptions.models import BillingRun, Parking, RunState, Subscription
from amate.billing_cycle.subscriptions.queries import Progress, progress_of_many
from amate.companies.models import Emisor
from amate.web.backoffice.attention import ToDo
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import may
from amate.web.backoffice.rows import Pill
from amate.web.backoffice.subscriptions.runs import run_pill

LATEST_HOUR = 6  # by then the worker has planned the day, or does not run


@dataclass(frozen=True, slots=True)
class TodaysRun:
    run: BillingRun
    progress: Progress
    pill: Pill


@dataclass(frozen=True, slots=True)
class Wheel:
    """`runs`: of today; `turns`: whether anybody is subscribed at all."""

    turns: bool
    runs: list[TodaysRun]
    todo: list[ToDo]


def wheel_of_today(request: HttpRequest, *, local: datetime) -> Wheel:
    """`local`: now, in the company's zone."""
    today = local.date()
    parked = Parking.objects.open().order_by().values("company").annotate(count=Count("pk")).values("count")
    asked = Emisor.objects.values(
        turns=Exists(Subscription.objects.active()),
        never=Exists(never_billed(today=today).order_by()),
        parked=Subquery(parked),
    )
    facts: dict[str, Any] = dict(asked.get())
    if not facts["turns"]:
        return Wheel(False, [], [])
    rows = list(BillingRun.objects.filter(day=today).order_by("reviewed"))
    far = progress_of_many(rows)
    runs = [TodaysRun(one, far[one.pk], run_pill(one, far[one.pk], today)) for one in rows]
    todo = _todo(request, facts, runs, late=local.hour >= LATEST_HOUR) if may(request, MAY_KEEP_SUBSCRIPTIONS) else []
    return Wheel(True, runs, todo)


def _todo(request: HttpRequest, facts: dict[str, Any], runs: list[TodaysRun], *, late: bool) -> list[ToDo]:
    found = []
    page = address(request, "billing_runs")
    if late and not any(not one.run.reviewed for one in runs):
        why = "Quien cobra solo no está en marcha: avisa a quien administra tu Amate"
        found.append(ToDo("bad", "i-stop", "Hoy no se ha cobrado nada", why, "Ver corridas", page))
    if count := facts["parked"] or 0:
        text = "1 cliente no se puede cobrar" if count == 1 else f"{count} clientes no se pueden cobrar"
        found.append(ToDo("bad", "i-stop", text, "Les falta algo que solo tú puedes completar", "Resolver",
                          address(request, "parkings")))  # fmt: skip
    if facts["never"]:
        found.append(ToDo("bad", "i-stop", "Hay servicios activos que nunca se van a cobrar", "No tienen fecha de cobro",
                          "Ver cuáles", address(request, "preflight") + "#sin-cobro"))  # fmt: skip
    for one in runs:
        url = address(request, "billing_run", one.run.pk)
        if one.run.state == RunState.REVIEW:
            total, count = f"${one.run.foretold_total:,.2f}", one.run.foretold
            text = f"1 cobro por {total} espera" if count == 1 else f"{count} cobros por {total} esperan"
            text += " tu aprobación"
            found.append(ToDo("warn", "i-cycle", text, "Nada de eso sale hasta que lo apruebes", "Revisar", url))
        elif one.progress.short:
            text = f"Faltaron ${one.progress.short:,.2f} de lo previsto hoy"
            found.append(ToDo("bad", "i-stop", text, "Se cobró menos de lo que se aprobó", "Ver la corrida", url))
    return found
