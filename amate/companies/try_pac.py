"""Whether the PAC answers and takes the account: asked by a person, answered by the worker, told in words."""

from datetime import datetime

from amate.audit.record import record
from amate.companies.models import PacTrial
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise


def ask_pac(*, now: datetime) -> None:
    """Owe the question. Asked while one is on the way, it is that one."""
    PacTrial.objects.update_or_create(defaults={"asked_at": now, "told_at": None, "went_well": False, "sentence": ""})
    promise("try_pac", key="try_pac", now=now, priority=SOMEBODY_WAITS)
    record("pac.tried", about="pac", now=now)


def record_pac_answer(*, left: int | None, now: datetime) -> None:
    """`left`: stamps of the account, None without a limit."""
    if left == 0:
        _tell("Contestó, pero la cuenta no tiene timbres: compra con tu PAC y lo pendiente sale solo.", False, now)
    elif left is None:
        _tell("Contestó y acepta la cuenta: timbra sin límite.", True, now)
    else:
        _tell(f"Contestó y acepta la cuenta: quedan {left:,} timbres.", True, now)


def record_pac_silence(*, why: str, now: datetime) -> None:
    """`why`: the adapter's own sentence. What mends it lies with who installed Amate: the account is in its environment."""
    _tell(f"{why.rstrip('.')}. Quien instaló Amate ve qué falta con «amate doctor».", False, now)


def _tell(sentence: str, went_well: bool, now: datetime) -> None:
    PacTrial.objects.update(told_at=now, went_well=went_well, sentence=sentence[:300])
