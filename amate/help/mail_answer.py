"""The mail of an answer, to who asked for help."""

from datetime import datetime

from amate.adapters.messages import Outgoing
from amate.help.models import Case
from amate.messages.mail import claim_mail, outgoing
from amate.messages.way import Way


def prepare_answer(*, case_id: int, key: str, way: Way, now: datetime) -> tuple[int, Outgoing] | None:
    """Write the message (once a key) and claim it for sending. None: it was sent before."""
    case: Case = Case.objects.get(pk=case_id)
    about, facts = f"case:{case.pk}", {"case": case}
    message = claim_mail(key=key, kind="answer", about=about, to=case.correo, facts=facts, way=way, now=now)
    if message is None:
        return None
    return message.pk, outgoing(message, way=way)
