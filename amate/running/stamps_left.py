"""How many stamps the PAC's account still has, as the worker last heard: one number of the whole installation."""

import json
from datetime import datetime, timedelta

from amate.running.home import amate_home, write_private

FRESH = timedelta(hours=6)


def keep_stamps_left(left: int | None, *, now: datetime) -> None:
    """None: the account has no limit."""
    told = {"left": left, "at": now.isoformat()}
    write_private(amate_home() / "stamps-left.json", json.dumps(told).encode())


def stamps_left(*, now: datetime) -> int | None:
    """None when there is no limit, and when nobody has heard of it lately: an old number would alarm in vain."""
    try:
        told = json.loads((amate_home() / "stamps-left.json").read_text())
    except FileNotFoundError:
        return None
    return told["left"] if now - datetime.fromisoformat(told["at"]) <= FRESH else None
