"""What waits for a person, as Inicio tells it: each with its one button, and only to who may push it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from amate.access.may import MAY_ANSWER, MAY_CONFIGURE, MAY_IMPORT, MAY_KEEP_CUSTOMERS
from amate.customers.queries import proposals
from amate.help.models import Case
from amate.intake.models import Batch
from amate.running.stamps_left import stamps_left
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import may

FEW_STAMPS = 100
UNDECIDED = (Batch.State.ASKING, Batch.State.READ)


@dataclass(frozen=True, slots=True)
class ToDo:
    """Something to look at, with its one button. `tone`: bad stops invoices, warn will. Not `yours`: it mends itself."""

    tone: str
    icon: str
    text: str
    why: str
    button: str
    url: str
    yours: bool = True


def cases(request: HttpRequest) -> list[ToDo]:
    """Visitors of the portal who wrote and have no answer."""
    if not may(request, MAY_ANSWER):
        return []
    waiting = list(Case.objects.open().order_by("-id").values_list("pk", flat=True)[:100])
    if not waiting:
        return []
    if len(waiting) == 1:
        url = address(request, "case", waiting[0])
        return [ToDo("warn", "i-people", "1 cliente pide ayuda", "Te escribió desde tu portal", "Responder", url)]
    count = f"{len(waiting)} clientes piden" if len(waiting) < 100 else "Más de 99 clientes piden"
    url = address(request, "cases") + "?estado=open"
    return [ToDo("warn", "i-people", f"{count} ayuda", "Te escribieron desde tu portal", "Responder", url)]


def proposed(request: HttpRequest) -> list[ToDo]:
    """Fiscal data that buyers typed for customers whose data staff had verified."""
    waiting = proposals()[:100].count() if may(request, MAY_KEEP_CUSTOMERS) else 0
    if not waiting:
        return []
    text = "1 cliente propone otros datos fiscales" if waiting == 1 else f"{waiting} propuestas de datos fiscales"
    return [ToDo("warn", "i-people", text, "Compáralos y decide", "Revisar", address(request, "proposals"))]


def files(request: HttpRequest) -> list[ToDo]:
    """Files that were read and that nobody registered: of one with errors the rows wait too."""
    if not may(request, MAY_IMPORT):
        return []
    rows = Batch.objects.filter(state__in=UNDECIDED).order_by("-id").values_list("pk", "state", "counts")[:50]
    waiting = list(rows)
    if not waiting:
        return []
    bad = sum(counts.get("bad_rows", 0) for _, _, counts in waiting)
    lost = any(state == Batch.State.ASKING for _, state, _ in waiting)
    why = "Falta decir qué es cada columna" if lost else "Nada se registra hasta que lo confirmes"
    if bad:
        why = "1 renglón tiene error" if bad == 1 else f"{bad:,} renglones tienen error"
    text = "1 archivo espera tu revisión" if len(waiting) == 1 else f"{len(waiting)} archivos esperan tu revisión"
    url = address(request, "import", waiting[0][0]) if len(waiting) == 1 else address(request, "imports")
    return [ToDo("warn", "i-cycle", text, why, "Revisar", url)]


def closed_portal(request: HttpRequest, *, is_open: bool) -> list[ToDo]:
    if is_open or not may(request, MAY_CONFIGURE):
        return []
    url = address(request, "settings_portal")
    return [ToDo("warn", "i-ticket", "Tu portal está cerrado", "Tus clientes piden su factura en caja", "Abrir", url)]


def few_stamps(request: HttpRequest, *, now: datetime) -> list[ToDo]:
    """Before the last one is gone; that it is gone, the promises that wait for it say themselves."""
    left = stamps_left(now=now)
    if not left or left > FEW_STAMPS or not may(request, MAY_CONFIGURE):
        return []
    text = "Queda 1 timbre con tu PAC" if left == 1 else f"Quedan {left} timbres con tu PAC"
    url = address(request, "invoices")
    return [
        ToDo("warn", "i-sheet", text, "Cada factura usa uno: compra más antes de que se acaben", "Ver facturas", url)
    ]
