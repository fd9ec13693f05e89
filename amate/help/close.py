"""A case needs nothing more, or something again. Both raise IllegalMove when another hand was faster."""

from datetime import datetime

from amate.audit.record import record
from amate.help.models import Case
from amate.self_invoicing.correct import reject_correction
from amate.self_invoicing.models import Correction


def close_case(*, case_id: int, by: str, now: datetime) -> None:
    """Answered or not: a double or a joke needs no answer. A correction that it still asks for is not made."""
    case = Case.locked(case_id)
    case.move_to(Case.State.CLOSED, closed_by=by, closed_at=now)
    if case.correction_id is not None and _waits(case.correction_id):
        reject_correction(correction_id=case.correction_id, by=by, now=now)
    record("case.closed", about=f"case:{case_id}", now=now)


def reopen_case(*, case_id: int, now: datetime) -> None:
    Case.locked(case_id).move_to(Case.State.OPEN, closed_by="", closed_at=None)
    record("case.reopened", about=f"case:{case_id}", now=now)


def _waits(correction_id: int) -> bool:
    return Correction.objects.filter(pk=correction_id, state=Correction.State.ASKED).exists()
