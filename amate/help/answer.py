"""A person of the shop answers a case."""

from datetime import datetime

from amate.audit.record import record
from amate.help.models import Case
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise


def answer_case(*, case_id: int, text: str, by: str, now: datetime) -> Case:
    """Keep the answer. By mail it is owed now; a telephone is called by a person, who writes down what was said.

    Raises IllegalMove when the case was closed meanwhile.
    """
    case = Case.locked(case_id)
    case.move_to(Case.State.ANSWERED, answer=text, answered_by=by, answered_at=now)
    if case.correo:
        key = f"case:{case.pk}:{now:%Y%m%d%H%M%S}"
        promise("answer_case", key=key, now=now, priority=SOMEBODY_WAITS, case_id=case.pk, to=case.correo, message=key)
    record("case.answered", about=f"case:{case.pk}", now=now)
    return case
