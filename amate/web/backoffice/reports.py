"""Reportes: what is owed, who pays and what came in, as of any day; the file holds what the screen shows."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from amate.access.may import MAY_EXPORT, MAY_READ_REPORTS
from amate.audit.record import record
from amate.desk.ask_run import FILES
from amate.desk.filters import At, day_in_words
from amate.desk.listing import Cell, Column
from amate.desk.make_file import file_name
from amate.desk.reports import REPORTS, Days, Report, Told, report_file, tell, usual_days
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import may, require
from amate.web.clock import now
from amate.web.files import sheet_response

SHOWN = 200
YEARS = range(2000, 2101)
# What is read together stands together.
GROUPS = (
    ("Lo que te deben", ("antiguedad", "deudores", "cumplidos", "cobranza", "dias", "avisos")),
    ("Lo que se repite", ("recurrente", "movimientos")),
    ("Lo que entró", ("ingresos", "formas", "planes")),
    ("Tu portal de autofactura", ("embudo", "tropiezos", "autofactura")),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell. `wide` is a number, and stands to the right; `head`: its column, said beside it where there is no room for
    columns."""

    text: str
    wide: bool
    head: str = ""


@require_safe
def reports(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_READ_REPORTS)
    groups = [
        (title, [(REPORTS[name], address(request, f"report_{name}")) for name in names]) for title, names in GROUPS
    ]
    return show(request, "office/reports.html", room="reports", groups=groups)


@require_safe
def report(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    require(request, MAY_READ_REPORTS)
    found, at = REPORTS[name], _at()
    days, wrong = _days(request, found, at.today)
    told = tell(found, days, at)
    query = urlencode({"desde": days.first.isoformat(), "hasta": days.last.isoformat()})
    return show(
        request,
        "office/report.html",
        room="reports",
        report=found,
        told=told,
        days=days,
        wrong=wrong,
        heads=[(one.head, one.kind not in (Cell.TEXT, Cell.DAY)) for one in found.columns],
        rows=[_row(request, found, row, at) for row in told.rows[:SHOWN]],
        totals=_totals(told),
        more=len(told.rows) - SHOWN,
        asked=f"al {day_in_words(days.last)}"
        if not found.stretch
        else f"del {day_in_words(days.first)} al {day_in_words(days.last)}",
        export_url=f"{address(request, f'report_{name}_export')}?{query}" if may(request, MAY_EXPORT) else "",
    )


@require_safe
def export(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    require(request, MAY_READ_REPORTS)
    require(request, MAY_EXPORT)
    found, at = REPORTS[name], _at()
    days, _ = _days(request, found, at.today)
    told = tell(found, days, at)
    wanted = request.GET.get("formato", "")
    kind = wanted if wanted in FILES else "xlsx"
    who = str(request.user.get_username())
    query = f"desde={days.first}&hasta={days.last}"
    record("list.exported", about="", now=at.now, listing=found.title, kind=kind, query=query, rows=len(told.rows))
    content = report_file(told, kind=kind, at=at, who=who)
    return sheet_response(content, name=file_name(name, kind, now=at.now, zone=at.zone))


def _at() -> At:
    return At(now(), office_zone(), sees_codes=False)


def _days(request: HttpRequest, found: Report, today: date) -> tuple[Days, list[str]]:
    """What was asked, and a sentence for each thing that could not be meant."""
    usual = usual_days(found, today)
    wrong: list[str] = []
    last = _day(request.GET.get("hasta", ""), usual.last, wrong)
    first = _day(request.GET.get("desde", ""), usual.first, wrong) if found.stretch else last
    if last > today:
        wrong.append("Ese día todavía no llega: te mostramos hasta hoy.")
        last = today
    if first > last:
        wrong.append("El primer día va antes del último: te mostramos solo el último.")
        first = last
    return Days(first, last), wrong


def _day(typed: str, usual: date, wrong: list[str]) -> date:
    if not typed:
        return usual
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = date.min
    if day.year not in YEARS:
        wrong.append(f"“{typed[:20]}” no es un día. Escríbelo como 2026-11-21.")
        return usual
    return day


def _row(request: HttpRequest, found: Report, row: Any, at: At) -> tuple[str, list[Shown]]:
    """(where it leads, its cells)."""
    customer_id = found.customer(row)
    url = address(request, "customer", customer_id) if customer_id is not None else ""
    return url, [replace(_shown(one, one.value(row, at)), head=one.head) for one in found.columns]


def _totals(told: Told) -> list[Shown]:
    return [
        replace(Shown("", wide=True) if total is None else _shown(column, total), head=column.head)
        for column, total in zip(told.report.columns, told.totals, strict=True)
    ]


def _shown(column: Column, value: Any) -> Shown:
    if value is None:
        return Shown("", wide=False)
    if column.kind is Cell.PESOS:
        return Shown(f"${Decimal(value):,.2f}".replace("$-", "−$"), wide=True)
    if column.kind is Cell.SHARE:
        return Shown(f"{100 * value:.1f}\N{NO-BREAK SPACE}%", wide=True)
    if column.kind is Cell.DAY:
        return Shown(day_in_words(value), wide=False)
    return Shown(f"{value:,}" if column.kind is Cell.NUMBER else str(value), wide=column.kind is Cell.NUMBER)
