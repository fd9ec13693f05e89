"""What the PACs say of themselves, kept for who does not call them: credits, latency, their clock, what is wrong."""

import asyncio
import logging
from datetime import datetime, timedelta

from amate.adapters.pac import Pac, PacError
from amate.running.pacs_heard import Heard, keep_heard, pacs_heard
from amate.worker.plugs import Plugs

logger = logging.getLogger(__name__)

PAUSE = timedelta(minutes=1)
ROUNDS_A_QUESTION = 60  # the rest is known without asking
CLOCK_MAY_DIFFER = timedelta(minutes=2)  # a PAC refuses a Fecha of the future


async def watch_pacs(plugs: Plugs) -> None:
    """Run until cancelled."""
    rounds = 0
    while True:
        await look_at_pacs(plugs, ask=rounds % ROUNDS_A_QUESTION == 0)
        rounds += 1
        await asyncio.sleep(PAUSE.total_seconds())


async def look_at_pacs(plugs: Plugs, *, ask: bool) -> None:
    """Once. `ask` for the credits; what a PAC did not tell now is what it told before."""
    left = {one.code: one.left for one in pacs_heard(now=plugs.clock())}
    if ask:
        left |= await _stamps_left(plugs)
    _keep(plugs, left)


async def _stamps_left(plugs: Plugs) -> dict[str, int | None]:
    """By code. A PAC that does not answer is told by what it leaves undone, not here; nothing here ends the worker."""
    left = {}
    for pac in plugs.pacs:
        try:
            left[pac.code] = await pac.balance()
        except PacError as away:
            logger.info("%s did not say how many stamps are left: %s", pac.code, away)
    return left


def _keep(plugs: Plugs, left: dict[str, int | None]) -> None:
    now = plugs.clock()
    try:
        keep_heard([_heard(pac, left.get(pac.code), now=now) for pac in plugs.pacs], now=now)
    except OSError:
        logger.exception("what was heard of the PACs could not be kept")


def _heard(pac: Pac, left: int | None, *, now: datetime) -> Heard:
    gate = pac.gate
    theirs = gate.their_now
    ahead = None if theirs is None else now - theirs
    return Heard(
        code=pac.code,
        left=left,
        resting=gate.rest > 0,
        latency=gate.latency,
        clock_ahead=None if ahead is None else ahead.total_seconds(),
        troubles={**{str(kind): why for kind, why in gate.troubles.items()}, **_clock(ahead)},
    )


def _clock(ahead: timedelta | None) -> dict[str, str]:
    if ahead is None or abs(ahead) <= CLOCK_MAY_DIFFER:
        return {}
    side = "adelantado" if ahead > timedelta() else "atrasado"
    minutes = round(abs(ahead).total_seconds() / 60)
    return {"clock": f"El reloj de este servidor está {minutes} minutos {side} respecto del PAC: ponlo en hora (NTP)."}
