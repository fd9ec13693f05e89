"""The reports: their questions, their columns, and their file. What the screen shows and what the file holds are one reading."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from amate.billing_cycle.collection.models import Channel
from amate.billing_cycle.collection.served_words import STEPS
from amate.desk.filters import At, day_in_words
from amate.desk.listing import Cell, Column
from amate.desk.receivable_list import AGE_WORDS
from amate.desk.sheet import Book, csv_of
from amate.fiscal.catalogs import name_of
from amate.papers.dates import MONTHS
from amate.reports.ageing import ageing_by_customer
from amate.reports.collected import collected_by_month
from amate.reports.days_to_collect import WINDOW, days_to_collect
from amate.reports.income import income_by_form, income_by_month, income_by_plan
from amate.reports.payers import good_payers, worst_debtors
from amate.reports.portal import funnel_by_branch, self_invoiced_by_month, stops_by_cause
from amate.reports.recovered import WITHIN, recovered_by_step
from amate.reports.recurring import recurring_by_plan, recurring_moves

MOST_BY_NAME = 1000
SUMMED = (Cell.PESOS, Cell.NUMBER)


@dataclass(frozen=True, slots=True)
class Days:
    """What is asked: the day whose state is told (`last`), and for some reports the first day of what is told."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Report:
    """`stretch`: it is asked of days from and to; else of one day. `sums`: heads of the columns that are added up.
    `customer(row)`: whose page a row leads to."""

    name: str
    title: str
    what: str
    stretch: bool
    rows: Callable[[Days], Sequence[Any]]
    columns: tuple[Column, ...]
    sums: tuple[str, ...]
    customer: Callable[[Any], int | None] = lambda row: None
    empty: str = "No hay nada que contar de esos días."


@dataclass(frozen=True, slots=True)
class Told:
    """One reading of a report. `totals` stand under the columns that are summed, None under the others."""

    report: Report
    days: Days
    rows: Sequence[Any]
    totals: list[Decimal | int | None]


def tell(report: Report, days: Days, at: At) -> Told:
    rows = report.rows(days)
    totals: list[Decimal | int | None] = [
        sum((column.value(row, at) for row in rows), Decimal("0.00") if column.kind is Cell.PESOS else 0)
        if column.head in report.sums
        else None
        for column in report.columns
    ]
    return Told(report, days, rows, totals)


def report_file(told: Told, *, kind: str, at: At, who: str) -> bytes:
    """`kind`: xlsx, with its sums as formulas and a sheet that says what was asked; or csv, the rows alone."""
    report = told.report
    if kind == "csv":
        return b"".join(csv_of(report.columns, [told.rows], at, tell=lambda rows: None))
    with tempfile.TemporaryFile() as file:
        book = Book(file, zone=at.zone)
        page = book.page(report.title[:31], report.columns)
        for row in told.rows:
            page.write(column.value(row, at) for column in report.columns)
        page.add_up(told.totals)
        asked = book.page("Parámetros", PARAMETERS)
        for name, value in parameters(told, at=at, who=who):
            asked.write((name, value))
        book.close()
        file.seek(0)
        return file.read()


def parameters(told: Told, *, at: At, who: str) -> list[tuple[str, str]]:
    days = told.days
    asked = [("Reporte", told.report.title), ("Qué dice", told.report.what)]
    if told.report.stretch:
        asked.append(("Desde", day_in_words(days.first)))
        asked.append(("Hasta", day_in_words(days.last)))
    else:
        asked.append(("Al día", day_in_words(days.last)))
    return [*asked, ("Moneda", "MXN"), ("Lo pidió", who), ("Hecho", f"{at.now.astimezone(at.zone):%Y-%m-%d %H:%M}")]


def month_in_words(day: date) -> str:
    """
    >>> month_in_words(date(2026, 3, 1))
    'marzo de 2026'
    """
    return f"{MONTHS[day.month - 1]} de {day.year}"


def _form(row: Any) -> str:
    return f"{row.what} · {name_of('forma_pago', row.what)}" if row.what else "No se sabe"


def _step(row: Any) -> str:
    return str(STEPS.get(row.step, row.step))


PARAMETERS = (
    Column("Parámetro", Cell.TEXT, lambda row, at: row[0], 18),
    Column("Valor", Cell.TEXT, lambda row, at: row[1], 60),
)
_WHO = (
    Column("Número de cliente", Cell.NUMBER, lambda row, at: row.number, 10),
    Column("Cliente", Cell.TEXT, lambda row, at: row.nombre, 36),
    Column("RFC", Cell.TEXT, lambda row, at: row.rfc, 16),
)
_INCOME = (
    Column("Pagos", Cell.NUMBER, lambda row, at: row.payments, 10),
    Column("Recibido", Cell.PESOS, lambda row, at: row.received, 16),
    Column("Devuelto", Cell.PESOS, lambda row, at: row.returned, 16),
    Column("Neto", Cell.PESOS, lambda row, at: row.net, 16),
)
_SUMS = ("Pagos", "Recibido", "Devuelto", "Neto")


def _age_column(place: int, head: str) -> Column:
    return Column(head, Cell.PESOS, lambda row, at: row.ages[place], 14)


REPORTS = {
    one.name: one
    for one in (
        Report(
            name="antiguedad", title="Antigüedad de saldos", stretch=False,
            what="Lo que debía cada cliente ese día, por días de vencido. Puedes pedir cualquier día pasado.",
            rows=lambda days: ageing_by_customer(as_of=days.last),
            columns=(
                *_WHO,
                Column("Cargos", Cell.NUMBER, lambda row, at: row.items, 8),
                Column("Debe desde", Cell.DAY, lambda row, at: row.oldest_due, 12),
                *(_age_column(place, head) for place, head in enumerate(AGE_WORDS.values())),
                Column("Total", Cell.PESOS, lambda row, at: row.total, 16),
            ),
            sums=("Cargos", *AGE_WORDS.values(), "Total"),
            customer=lambda row: row.customer_id,
            empty="Nadie debía nada ese día.",
        ),
        Report(
            name="deudores", title="Quién debe más", stretch=False,
            what="Ordenados por pesos × días de vencido, no solo por monto.",
            rows=lambda days: worst_debtors(as_of=days.last, limit=MOST_BY_NAME),
            columns=(
                *_WHO,
                Column("Debe", Cell.PESOS, lambda row, at: row.owed, 16),
                Column("Cargos", Cell.NUMBER, lambda row, at: row.items, 8),
                Column("Debe desde", Cell.DAY, lambda row, at: row.oldest_due, 12),
                Column("Días", Cell.NUMBER, lambda row, at: row.days_late, 8),
            ),
            sums=("Debe", "Cargos"),
            customer=lambda row: row.customer_id,
            empty="Nadie tenía nada vencido ese día.",
        ),
        Report(
            name="cumplidos", title="Quién paga a tiempo", stretch=False,
            what="De quien tuvo al menos 6 cargos en el año, qué parte pagó a más tardar el día que vencía.",
            rows=lambda days: good_payers(as_of=days.last, limit=MOST_BY_NAME),
            columns=(
                *_WHO,
                Column("Cargos", Cell.NUMBER, lambda row, at: row.due, 8),
                Column("A tiempo", Cell.NUMBER, lambda row, at: row.on_time, 10),
                Column("Parte", Cell.SHARE, lambda row, at: row.share, 10),
            ),
            sums=("Cargos", "A tiempo"),
            customer=lambda row: row.customer_id,
            empty="Todavía nadie tiene 6 cargos vencidos en un año.",
        ),
        Report(
            name="ingresos", title="Ingresos por mes", stretch=True,
            what="El dinero que entró. Lo que se devolvió cuenta en contra el día que se devolvió.",
            rows=lambda days: income_by_month(first=days.first, last=days.last),
            columns=(Column("Mes", Cell.TEXT, lambda row, at: month_in_words(row.what), 20), *_INCOME),
            sums=_SUMS,
        ),
        Report(
            name="formas", title="Ingresos por forma de pago", stretch=True,
            what="El mismo dinero, según cómo se pagó.",
            rows=lambda days: income_by_form(first=days.first, last=days.last),
            columns=(Column("Forma de pago", Cell.TEXT, lambda row, at: _form(row), 40), *_INCOME),
            sums=_SUMS,
        ),
        Report(
            name="planes", title="Ingresos por plan", stretch=True,
            what="El mismo dinero, según lo que se pagó con él. Lo que aún no paga nada está a favor de los clientes.",
            rows=lambda days: income_by_plan(first=days.first, last=days.last),
            columns=(
                Column("Plan", Cell.TEXT, lambda row, at: row.what, 40),
                Column("Neto", Cell.PESOS, lambda row, at: row.net, 16),
            ),
            sums=("Neto",),
        ),
        Report(
            name="cobranza", title="Tasa de cobranza", stretch=True,
            what="De lo que venció cada mes, cuánto se pagó en su día, a los 15 y a los 30, y hasta el último día que pides.",
            rows=lambda days: collected_by_month(first=days.first, as_of=days.last),
            columns=(
                Column("Venció en", Cell.TEXT, lambda row, at: month_in_words(row.month), 20),
                Column("Cargos", Cell.NUMBER, lambda row, at: row.items, 8),
                Column("Venció", Cell.PESOS, lambda row, at: row.due, 16),
                Column("En su día", Cell.PESOS, lambda row, at: row.by_due, 16),
                Column("A los 15 días", Cell.PESOS, lambda row, at: row.by_15, 16),
                Column("A los 30 días", Cell.PESOS, lambda row, at: row.by_30, 16),
                Column("Hasta hoy", Cell.PESOS, lambda row, at: row.so_far, 16),
                Column("Parte cobrada", Cell.SHARE, lambda row, at: row.rate, 12),
            ),
            sums=("Cargos", "Venció", "En su día", "A los 15 días", "A los 30 días", "Hasta hoy"),
        ),
        Report(
            name="dias", title="Días de cobro (DSO)", stretch=True,
            what=f"Lo que te debían al final de cada mes, entre lo que emitiste en los {WINDOW} días de antes, por {WINDOW}.",
            rows=lambda days: days_to_collect(first=days.first, last=days.last),
            columns=(
                Column("Al día", Cell.DAY, lambda row, at: row.day, 14),
                Column("Te debían", Cell.PESOS, lambda row, at: row.owed, 16),
                Column("Emitido en el mes", Cell.PESOS, lambda row, at: row.in_month, 18),
                Column(f"Emitido en {WINDOW} días", Cell.PESOS, lambda row, at: row.billed, 18),
                Column("Días de cobro", Cell.NUMBER, lambda row, at: row.days, 14),
            ),
            sums=("Emitido en el mes",),
        ),
        Report(
            name="avisos", title="Qué aviso funciona", stretch=True,
            what=f"De lo que se debía al enviar cada aviso, qué parte entró en los {WITHIN} días siguientes y antes del próximo.",
            rows=lambda days: recovered_by_step(first=days.first, last=days.last),
            columns=(
                Column("Aviso", Cell.TEXT, lambda row, at: _step(row), 20),
                Column("Por", Cell.TEXT, lambda row, at: Channel(row.channel).label, 12),
                Column("Enviados", Cell.NUMBER, lambda row, at: row.told, 10),
                Column("Se debía", Cell.PESOS, lambda row, at: row.owed, 16),
                Column("Con pago", Cell.NUMBER, lambda row, at: row.paying, 10),
                Column("Entró", Cell.PESOS, lambda row, at: row.paid, 16),
                Column("Parte recuperada", Cell.SHARE, lambda row, at: row.rate, 14),
            ),
            sums=("Enviados", "Se debía", "Con pago", "Entró"),
            empty="En esos días no salió ningún aviso.",
        ),
        Report(
            name="recurrente", title="Ingreso recurrente (MRR)", stretch=False,
            what="Lo que las suscripciones vigentes ese día dejan en un mes, sin impuestos: un plan anual cuenta un doceavo, "
            "uno quincenal dos veces, y una pausa sin cobro nada.",
            rows=lambda days: recurring_by_plan(as_of=days.last),
            columns=(
                Column("Plan", Cell.TEXT, lambda row, at: row.plan, 40),
                Column("Suscripciones", Cell.NUMBER, lambda row, at: row.subscriptions, 14),
                Column("Al mes", Cell.PESOS, lambda row, at: row.monthly, 16),
                Column("Promedio", Cell.PESOS, lambda row, at: row.mean, 16),
            ),
            sums=("Suscripciones", "Al mes"),
            empty="Ese día no había suscripciones vigentes.",
        ),
        Report(
            name="movimientos", title="Cómo cambió el ingreso recurrente", stretch=True,
            what="Al inicio, más lo nuevo, lo que volvió y los aumentos, menos las reducciones y las bajas o pausas: al final.",
            rows=lambda days: recurring_moves(first=days.first, last=days.last),
            columns=(
                Column("Mes", Cell.TEXT, lambda row, at: month_in_words(row.month), 20),
                Column("Al inicio", Cell.PESOS, lambda row, at: row.opening, 16),
                Column("Nuevo", Cell.PESOS, lambda row, at: row.fresh, 14),
                Column("Volvió", Cell.PESOS, lambda row, at: row.back, 14),
                Column("Aumentos", Cell.PESOS, lambda row, at: row.more, 14),
                Column("Reducciones", Cell.PESOS, lambda row, at: row.less, 14),
                Column("Bajas y pausas", Cell.PESOS, lambda row, at: row.lost, 14),
                Column("Al final", Cell.PESOS, lambda row, at: row.closing, 16),
            ),
            sums=("Nuevo", "Volvió", "Aumentos", "Reducciones", "Bajas y pausas"),
        ),
        Report(
            name="embudo", title="Del código a la factura", stretch=True,
            what="De quienes abrieron una nota en tu portal, por QR o con su código, cuántos dieron sus datos, pidieron su "
            "factura y la tienen timbrada.",
            rows=lambda days: funnel_by_branch(first=days.first, last=days.last),
            columns=(
                Column("Sucursal", Cell.TEXT, lambda row, at: row.branch, 30),
                Column("Por QR", Cell.NUMBER, lambda row, at: row.scanned, 10),
                Column("Con código", Cell.NUMBER, lambda row, at: row.typed, 12),
                Column("Dieron sus datos", Cell.NUMBER, lambda row, at: row.given, 16),
                Column("La pidieron", Cell.NUMBER, lambda row, at: row.asked, 12),
                Column("Timbradas", Cell.NUMBER, lambda row, at: row.stamped, 12),
                Column("Parte", Cell.SHARE, lambda row, at: row.share, 10),
            ),
            sums=("Por QR", "Con código", "Dieron sus datos", "La pidieron", "Timbradas"),
            empty="En esos días nadie abrió una nota en tu portal.",
        ),
        Report(
            name="tropiezos", title="Qué detiene a tus compradores", stretch=True,
            what="Cuántas veces el portal dijo que no, y por qué. Cada visita cuenta una vez por causa.",
            rows=lambda days: stops_by_cause(first=days.first, last=days.last),
            columns=(
                Column("Causa", Cell.TEXT, lambda row, at: row.words, 56),
                Column("Veces", Cell.NUMBER, lambda row, at: row.times, 10),
                Column("Parte", Cell.SHARE, lambda row, at: row.share, 10),
            ),
            sums=("Veces",),
            empty="En esos días el portal no detuvo a nadie.",
        ),
        Report(
            name="autofactura", title="Cuánto se autofactura", stretch=True,
            what="De las ventas de cada mes que no se cancelaron, cuántas facturó su comprador en el portal y cuántas el "
            "mostrador; y el tiempo de en medio: la mitad tardó menos.",
            rows=lambda days: self_invoiced_by_month(first=days.first, last=days.last),
            columns=(
                Column("Vendido en", Cell.TEXT, lambda row, at: month_in_words(row.month), 20),
                Column("Ventas", Cell.NUMBER, lambda row, at: row.notes, 10),
                Column("En el portal", Cell.NUMBER, lambda row, at: row.portal, 12),
                Column("En mostrador", Cell.NUMBER, lambda row, at: row.counter, 14),
                Column("Parte autofacturada", Cell.SHARE, lambda row, at: row.share, 18),
                Column("Minutos en el portal", Cell.NUMBER, lambda row, at: row.minutes, 20),
                Column("Horas desde la venta", Cell.NUMBER, lambda row, at: row.hours, 20),
            ),
            sums=("Ventas", "En el portal", "En mostrador"),
            empty="En esos días no se registró ninguna venta.",
        ),
    )
}  # fmt: skip


def usual_days(report: Report, today: date) -> Days:
    """What is told when nothing was asked: today, or from the first of the month eleven months ago."""
    if not report.stretch:
        return Days(today, today)
    first = (today.replace(day=1) - timedelta(days=330)).replace(day=1)
    return Days(first, today)
