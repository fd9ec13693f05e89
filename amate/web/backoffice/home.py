"""Inicio: today's figures and what needs a person."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.access.may import MAY_CONFIGURE, MAY_READ_REPORTS, MAY_SEE_CODES
from amate.alerts.causes import DAYS, mark_of
from amate.companies.change_emisor import SUSPENSION
from amate.companies.models import Csd, Emisor
from amate.companies.policies import portal_today
from amate.invoices.models import Invoice, Origin
from amate.invoices.queries import on_the_way, refused_for_staff, stamped_since
from amate.ledger.overview import overview_of
from amate.ledger.queries import Ageing
from amate.papers.dates import MONTHS, short
from amate.promises.models import Promise
from amate.self_invoicing.queries import registered_since, tickets_in
from amate.self_invoicing.rules_by_place import rules_by_place
from amate.web.addresses import portal_site, portal_url
from amate.web.backoffice.attention import ToDo, broken, cases, closed_portal, few_stamps, files, proposed
from amate.web.backoffice.differences import differing
from amate.web.backoffice.due_dates import due_todos
from amate.web.backoffice.mail_tasks import astray_keys, mail_tasks
from amate.web.backoffice.moving import moved_todos
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.path import path_of
from amate.web.backoffice.receivables import age_cells
from amate.web.backoffice.roles import may
from amate.web.backoffice.rows import invoice_rows, ticket_rows
from amate.web.backoffice.subscriptions.home_tasks import wheel_of_today
from amate.web.clock import now

CERTISAT = "https://portalsat.plataforma.sat.gob.mx/certisat/"
LATEST = 6
DEBTORS = 5
# Of Promise.alarm; a missing CSD has a line of its own.
ALARMS = {
    "credits": ("El PAC se quedó sin timbres", "Compra timbres con tu PAC"),
    "credentials": ("El PAC no acepta la cuenta", "Revisa el usuario y la contraseña del PAC"),
    "master_key": ("No se puede abrir tu sello digital", "Falta la llave maestra de esta instalación"),
}
WEEKDAYS = ("Lunes", "Martes", "Miércoles", "Jueves", "Viernes", "Sábado", "Domingo")


@require_safe
def home(request: HttpRequest, slug: str) -> HttpResponse:
    moment, zone = now(), office_zone()
    midnight = moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    portal = portal_today(day=midnight.date())
    csd = Csd.objects.in_use().first()
    tickets, sold = registered_since(midnight)
    latest = ticket_rows(tickets_in()[:LATEST], now=moment, sees_codes=may(request, MAY_SEE_CODES))
    path = path_of(request, policy=portal.policy, csd=csd, sells=bool(latest), now=moment)
    suspended = _suspended()
    billing = wheel_of_today(request, local=moment.astimezone(zone))
    todo = suspended + _todo(request, csd=csd, moment=moment, zone=zone) + billing.todo
    if path is None and not suspended:  # else it is one of its steps, or the SAT's doing
        todo += closed_portal(request, is_open=portal.is_open)
    return show(
        request,
        "office/home.html",
        room="home",
        zone=zone,
        greeting=_greeting(moment.astimezone(zone).hour),
        name=request.user.nombre.split(" ")[0] if request.user.nombre else "",  # type: ignore[union-attr]
        today=_today(midnight),
        tickets=tickets,
        sold=sold,
        in_portal=stamped_since(midnight, origin=Origin.PORTAL),
        on_the_way=on_the_way(),
        todo=todo,
        yours=sum(one.yours for one in todo),
        latest_invoices=invoice_rows(Invoice.objects.select_related("branch").order_by("-id")[:LATEST]),
        latest_tickets=latest,
        portal_url=portal_url(request.company),  # type: ignore[attr-defined]
        portal_site=portal_site(request.company),  # type: ignore[attr-defined]
        rules=rules_by_place(portal.places),
        portal_open=portal.is_open,
        path=path,
        billing=billing,
        **_wheel(request, midnight),
    )


def _wheel(request: HttpRequest, midnight: datetime) -> dict[str, Any]:
    """What is owed and what came in, for who may know it; nothing where nobody is charged yet."""
    if not may(request, MAY_READ_REPORTS):
        return {}
    found = overview_of(midnight.date(), debtors=DEBTORS)
    if not found.charges:
        return {}
    ages = age_cells(request, found.ageing)
    return {"wheel": found, "ages": ages, "owed": found.ageing.total, "late": _late(found.ageing)}


def _late(ageing: Ageing) -> int:
    """Of what is owed, how much is late, in percent."""
    return int(100 * ageing.overdue / ageing.total) if ageing.total else 0


def _today(day: datetime) -> str:
    """
    >>> _today(datetime(2026, 11, 21))
    'Sábado 21 de noviembre de 2026'
    """
    return f"{WEEKDAYS[day.weekday()]} {day.day} de {MONTHS[day.month - 1]} de {day.year}"


def _greeting(hour: int) -> str:
    """
    >>> _greeting(8), _greeting(12), _greeting(20)
    ('Buenos días', 'Buenas tardes', 'Buenas noches')
    """
    if hour < 12:
        return "Buenos días"
    return "Buenas tardes" if hour < 19 else "Buenas noches"


def _todo(request: HttpRequest, *, csd: Csd | None, moment: datetime, zone: ZoneInfo) -> list[ToDo]:
    found = broken(request) + _csd(request, csd=csd, moment=moment, zone=zone)
    mend = refused_for_staff()
    if refused := len(mend):
        text = "1 factura rechazada por corregir" if refused == 1 else f"{refused} facturas rechazadas por corregir"
        url = address(request, "invoices") + "?estado=to_mend"
        found.append(ToDo("bad", "i-stop", text, "Hay clientes que pagaron y las esperan", "Corregir", url))
    # A refused invoice has its own line above; its promise would count it twice.
    failing = Promise.objects.failing().exclude(key__in=[f"stamp:{pk}" for pk in mend])
    found += _alarms(request, failing)
    found += [*due_todos(request, moment=moment), *moved_todos(request), *differing(request)]
    found += [*mail_tasks(request, moment=moment), *cases(request), *proposed(request), *files(request)]
    found += few_stamps(request, now=moment)
    failing = failing.exclude(key__in=astray_keys())
    asked = failing.aggregate(
        given_up=Count("pk", filter=Q(next_try_at__isnull=True)),
        trying=Count("pk", filter=Q(next_try_at__isnull=False, alarm="")),
    )
    given_up, trying = asked["given_up"], asked["trying"]
    if given_up:
        text = "1 pendiente te necesita" if given_up == 1 else f"{given_up} pendientes te necesitan"
        url = address(request, "pending")
        found.append(ToDo("bad", "i-stop", text, "Ya no se intentan solos", "Revisar", url))
    if trying:
        text = (
            "1 pendiente falló y se reintenta solo"
            if trying == 1
            else f"{trying} pendientes fallaron y se reintentan solos"
        )
        url = address(request, "pending")
        found.append(ToDo("warn", "i-cycle", text, "Puedes ver por qué o adelantarlo", "Ver", url, yours=False))
    return found


def _alarms(request: HttpRequest, failing: Any) -> list[ToDo]:
    """What only a person can mend; whatever waits for it goes out by itself afterwards."""
    waiting = dict(failing.exclude(alarm="").values_list("alarm").annotate(Count("id")).order_by("alarm"))
    rows = [(text, waiting[alarm], what) for alarm, (text, what) in ALARMS.items() if alarm in waiting]
    return [
        ToDo("bad", "i-stop", text, f"{what}. {_wait_for_it(count)}", "Ver", address(request, "pending"))
        for text, count, what in rows
    ]


def _wait_for_it(count: int) -> str:
    return "1 factura espera y saldrá sola" if count == 1 else f"{count} facturas esperan y saldrán solas"


def _renewal(request: HttpRequest) -> str:
    """Where a seal is renewed: in the settings, by who may; others are shown where the SAT gives it."""
    return address(request, "settings_csd") if may(request, MAY_CONFIGURE) else CERTISAT


def _suspended() -> list[ToDo]:
    if not Emisor.objects.filter(issuing_suspended=True).exists():
        return []
    waiting = Promise.objects.open().filter(alarm=SUSPENSION).count()
    why = f"No se sella ninguna factura. {_wait_for_it(waiting)}" if waiting else "No se sella ninguna factura"
    return [ToDo("bad", "i-stop", "El SAT suspendió tu emisión", why, "Aclarar en el SAT", CERTISAT)]


def _csd(request: HttpRequest, *, csd: Csd | None, moment: datetime, zone: ZoneInfo) -> list[ToDo]:
    url = _renewal(request)
    if csd is None:
        return [ToDo("bad", "i-sheet", "Falta tu sello digital (CSD)", "Sin él no se emite nada", "Subir", url)]
    left = csd.valid_to - moment
    day = short(csd.valid_to.astimezone(zone))
    if left <= timedelta(0):
        return [ToDo("bad", "i-sheet", f"Tu sello digital venció el {day}", "No se emite nada", "Renovar", url)]
    mark = mark_of(left)
    if mark is None:
        return []
    tone = "bad" if mark in DAYS[:2] else "warn"
    days = "hoy" if left.days == 0 else "mañana" if left.days == 1 else f"en {left.days} días"
    text, why = f"Tu sello digital vence {days}", f"Renueva el CSD antes del {day}"
    return [ToDo(tone, "i-sheet", text, why, "Renovar", url)]
