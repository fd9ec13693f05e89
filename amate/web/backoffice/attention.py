"""What waits for a person, as Inicio tells it: each with its one button, and only to who may push it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from amate.access.may import MAY_ANSWER, MAY_CONFIGURE, MAY_IMPORT, MAY_KEEP_CUSTOMERS
from amate.audit.models import Inspection, Invariant
from amate.customers.queries import proposals
from amate.help.models import Case
from amate.intake.models import Batch
from amate.invoices.models import Instalment
from amate.running.pacs_heard import NAMES, Heard, pacs_heard
from amate.self_invoicing.models import Claim, LeftGlobal, Refund
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import may

FEW_STAMPS = 100
OF_A_NOTE: dict[Invariant, Any] = {Invariant.CLAIM: Claim, Invariant.LEFT: LeftGlobal, Invariant.REFUND: Refund}
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


def broken(request: HttpRequest) -> list[ToDo]:
    """What the nightly look found that must never be: somebody touched the data behind Amate's back, or Amate is wrong."""
    if not may(request, MAY_CONFIGURE):
        return []
    why = "Se halló en la revisión de cada noche. Avisa a quien administra tu Amate: `amate doctor` dice cuáles"
    return [
        ToDo("bad", "i-stop", f"{one.get_invariant_display()}: {one.count}", why, "Ver", _where(request, one))
        for one in Inspection.objects.exclude(ids=[]).order_by("invariant")
    ]


def _where(request: HttpRequest, found: Inspection) -> str:
    """The first of them."""
    if found.invariant == Invariant.STAMP:
        return address(request, "invoice", found.ids[0])
    if found.invariant == Invariant.INSTALMENTS:
        paid = Instalment.objects.filter(pk=found.ids[0]).values_list("invoice_id", flat=True).first()
        return address(request, "invoice", paid) if paid else address(request, "invoices")
    if found.invariant == Invariant.PARTS:
        return address(request, "ticket", found.ids[0])
    rows = OF_A_NOTE.get(Invariant(found.invariant))
    if rows is None:  # of the ledger: an act of the audit says who touched it
        return address(request, "audit")
    ticket_id = rows.objects.filter(pk=found.ids[0]).values_list("ticket_id", flat=True).first()
    return address(request, "ticket", ticket_id) if ticket_id else address(request, "tickets")


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
    if not may(request, MAY_CONFIGURE):
        return []
    heard = pacs_heard(now=now)
    few = [one for one in heard if one.left and one.left <= FEW_STAMPS]
    url = address(request, "invoices")
    why = "Cada factura usa uno: compra más antes de que se acaben"
    return [ToDo("warn", "i-sheet", _few(one, alone=len(heard) == 1), why, "Ver facturas", url) for one in few]


def _few(pac: Heard, *, alone: bool) -> str:
    whose = "tu PAC" if alone else NAMES.get(pac.code, pac.code)
    return f"Queda 1 timbre con {whose}" if pac.left == 1 else f"Quedan {pac.left} timbres con {whose}"
