"""Asking the PAC now and then how many stamps are left, so that people hear of it before the last one."""

import asyncio
import logging
from datetime import timedelta

from amate.adapters.pac import PacError
from amate.running.stamps_left import keep_stamps_left
from amate.worker.plugs import Plugs

logger = logging.getLogger(__name__)

PAUSE = timedelta(hours=1)


async def watch_stamps(plugs: Plugs) -> None:
    """Run until cancelled."""
    while True:
        await look_at_stamps(plugs)
        await asyncio.sleep(PAUSE.total_seconds())


async def look_at_stamps(plugs: Plugs) -> None:
    """Once. A PAC that does not answer is told by what it leaves undone, not here; and nothing here ends the worker."""
    try:
        keep_stamps_left(await plugs.pac.balance(), now=plugs.clock())
    except PacError as away:
        logger.info("the PAC did not say how many stamps are left: %s", away)
    except OSError:
        logger.exception("the number of stamps left could not be kept")
