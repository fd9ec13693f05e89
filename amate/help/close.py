"""A case needs nothing more, or something again. Both raise IllegalMove when another hand was faster."""

from datetime import datetime

from amate.audit.record import record
from amate.help.models import Case


def close_case(*, case_id: int, by: str, now: datetime) -> None:
    """Answered or not: a double or a joke needs no answer."""
    Case.locked(case_id).move_to(Case.State.CLOSED, closed_by=by, closed_at=now)
    record("case.closed", about=f"case:{case_id}", now=now)


def reopen_case(*, case_id: int, now: datetime) -> None:
    Case.locked(case_id).move_to(Case.State.OPEN, closed_by="", closed_at=None)
    record("case.reopened", about=f"case:{case_id}", now=now)
