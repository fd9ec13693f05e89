"""A visitor of the portal asks the shop for help: it becomes a case with the visit attached."""

from datetime import datetime

from amate.alerts.causes import CASE
from amate.alerts.tell import tell_staff
from amate.audit.record import record
from amate.help.models import Case
from amate.self_invoicing.models import Correction, Visit


def ask_for_help(
    *,
    text: str,
    correo: str,
    telefono: str,
    subject: str,
    visit: Visit | None,
    now: datetime,
    correction: Correction | None = None,
) -> Case:
    """One of `correo` and `telefono` is where the answer goes. The audit says that somebody asked, not who or what."""
    case = Case.objects.create(
        visit=visit,
        ticket_id=visit.ticket_id if visit else None,
        subject=subject,
        correction=correction,
        text=text,
        correo=correo,
        telefono=telefono,
        asked_at=now,
    )
    record("case.asked", about=f"case:{case.pk}", now=now)
    tell_staff(cause=f"{CASE}:{case.pk}", now=now)
    return case
