"""What the worker last heard of each PAC, for who does not call them: the web, and whoever watches the installation."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from amate.running.home import amate_home, write_private

NAMES = {"sw_sapien": "SW Sapien", "finkok": "Finkok"}
# The worst first.
STATES = {
    "clock": "el reloj no coincide",
    "lies": "sus respuestas no cuadran",
    "credentials": "no acepta la cuenta",
    "credits": "sin timbres",
}
FRESH = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Heard:
    """Of one account. `left`: stamps, None when without limit or not known. `resting`: we leave it alone for a while.

    `latency`: median seconds of its last answers. `clock_ahead`: seconds that our clock is ahead of its own; None before
    it answered. `troubles`: what waiting will not mend, each with its sentence; kinds as in STATES.
    """

    code: str
    left: int | None = None
    resting: bool = False
    latency: float | None = None
    clock_ahead: float | None = None
    troubles: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """In few words, for who watches the installation."""
        return next(
            (words for kind, words in STATES.items() if kind in self.troubles), "descansa" if self.resting else "ok"
        )


def keep_heard(heard: Sequence[Heard], *, now: datetime) -> None:
    told = {"at": now.isoformat(), "pacs": [asdict(one) for one in heard]}
    write_private(amate_home() / "pacs.json", json.dumps(told).encode())


def pacs_heard(*, now: datetime) -> list[Heard]:
    """In the order of the accounts. Nothing when nobody has heard of them lately: old news would alarm in vain. Nor when
    another version of Amate wrote it: what is only told must never stop a stamp."""
    try:
        told = json.loads((amate_home() / "pacs.json").read_text())
        fresh = now - datetime.fromisoformat(told["at"]) <= FRESH
        return [Heard(**one) for one in told["pacs"]] if fresh else []
    except (OSError, ValueError, KeyError, TypeError):
        return []
