"""A person of the shop gives what a buyer asked for; who asked is told by mail."""

from datetime import datetime, timedelta

from django.db import transaction

from amate.fiscal.clock import zone_of
from amate.help.answer import answer_case
from amate.help.models import Case
from amate.invoices.models import Invoice
from amate.papers.dates import in_full
from amate.self_invoicing.correct import approve_correction
from amate.self_invoicing.reopen import reopen_ticket

APPROVED = "Corregimos tu factura con los datos que escribiste. Te llega en otro correo en cuanto el SAT la timbre."


class NothingAsked(Exception):
    """The case has no such request. The message (Spanish) says so."""


def approve_case(*, case_id: int, by: str, now: datetime) -> Invoice:
    """Make the correction that the case asks for. Raises NothingAsked, NotCorrectable and IllegalMove."""
    case: Case = Case.objects.get(pk=case_id)
    if case.correction_id is None:
        raise NothingAsked("Este mensaje no pide una corrección.")
    with transaction.atomic():  # of a message that was closed meanwhile nothing is done
        made = approve_correction(correction_id=case.correction_id, by=by, now=now)
        answer_case(case_id=case_id, text=APPROVED, by=by, now=now)
    return made


def let_in(*, case_id: int, hours: int, portal: str, by: str, now: datetime) -> datetime:
    """Open the portal again for the note of a case, and tell who asked until when and where (FEATURES 33). Answers until
    when. Raises NothingAsked, NotReopened and IllegalMove."""
    case: Case = Case.objects.select_related("ticket__branch").get(pk=case_id)
    if case.ticket is None:
        raise NothingAsked("Este mensaje no trae ninguna nota: ábrela desde la lista de notas.")
    with transaction.atomic():
        until = reopen_ticket(ticket_id=case.ticket.pk, how_long=timedelta(hours=hours), now=now)
        told = in_full(until.astimezone(zone_of(case.ticket.branch.cp)))
        text = (
            f"Ya puedes facturar tu compra {case.ticket.folio} en {portal} con tu código y el total, hasta el {told}."
        )
        answer_case(case_id=case_id, text=text, by=by, now=now)
    return until
