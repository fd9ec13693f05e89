"""The simulated system's memory: which service is on, and what was told but has not arrived yet."""

import base64
import hmac
import random
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

TOLERANCE = 300  # seconds


class BadNotice(Exception):
    """Not from who should tell it."""


@dataclass(frozen=True, slots=True)
class Moods:
    """Probabilities 0 to 1, in seconds the rest. `down`: 503. `lose`: it says yes and forgets. `late`: it says yes and
    applies it up to `delay` later, so that commands overtake each other. `silent`: applies it and never answers.
    `broken`: applies it and answers 500.
    `fence`: whether it keeps the highest generation; a plain device does not."""

    down: float = 0.0
    lose: float = 0.0
    late: float = 0.0
    silent: float = 0.0
    broken: float = 0.0
    delay: float = 3_600.0
    slow: float = 0.0
    status: int = 200
    fence: bool = True


def read_moods(said: dict[str, Any]) -> Moods:
    """From JSON. Raises ValueError."""
    known = {one.name for one in fields(Moods)}
    if not said.keys() <= known:
        raise ValueError(f"moods are {', '.join(sorted(known))}")
    return Moods(**said)


@dataclass
class Waiting:
    """A command on its way."""

    at: float
    service: str
    state: str
    gen: int


class Board:
    """The same seed and the same commands end the same. Not thread-safe."""

    def __init__(self, *, keys: list[str], seed: int, clock: Callable[[], datetime]) -> None:
        self.keys = keys
        self._clock = clock
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        self.dice = random.Random(self._seed)  # noqa: S311 a play, and the same each time
        self.moods = Moods()
        self.ahead = 0.0
        self.services: dict[str, tuple[str, int]] = {}
        self.waiting: list[Waiting] = []
        self.told: list[dict[str, Any]] = []

    def now(self) -> datetime:
        return self._clock() + timedelta(seconds=self.ahead)

    def advance(self, seconds: float) -> None:
        self.ahead += seconds
        self.settle()

    def strikes(self, probability: float) -> bool:
        return probability > 0 and self.dice.random() < probability

    def settle(self) -> None:
        """What was on its way and is due arrives, earliest first."""
        now = self.now().timestamp()
        due = sorted((one for one in self.waiting if one.at <= now), key=lambda one: one.at)
        self.waiting = [one for one in self.waiting if one.at > now]
        for one in due:
            self.turn(one.service, one.state, one.gen)

    def take(self, said: dict[str, Any]) -> None:
        """A command that was proved."""
        self.settle()
        data = said["data"]
        command = Waiting(self.now().timestamp(), str(data["service"]), str(data["state"]), int(data["gen"]))
        self.told.append({"service": command.service, "state": command.state, "gen": command.gen})
        if self.strikes(self.moods.lose):
            return
        if self.strikes(self.moods.late):
            command.at += self.dice.uniform(1, max(1.0, self.moods.delay))
            self.waiting.append(command)
            return
        self.turn(command.service, command.state, command.gen)

    def turn(self, service: str, state: str, gen: int) -> None:
        known = self.services.get(service)
        if known is None or gen >= known[1] or not self.moods.fence:
            self.services[service] = (state, gen)

    def check(self, headers: dict[str, str], body: bytes) -> None:
        """Raises BadNotice. Standard Webhooks, written anew: what signs it is not asked."""
        stamp = headers.get("webhook-timestamp", "")
        if not stamp.isdecimal() or abs(int(stamp) - self.now().timestamp()) > TOLERANCE:
            raise BadNotice("timestamp")
        signed = b".".join((headers.get("webhook-id", "").encode(), stamp.encode(), body))
        given = [one.partition(",")[2] for one in headers.get("webhook-signature", "").split() if one[:3] == "v1,"]
        for key in self.keys:
            secret = base64.b64decode(key.removeprefix("whsec_"))
            right = base64.b64encode(hmac.new(secret, signed, sha256).digest()).decode()
            if any(hmac.compare_digest(right, one) for one in given):
                return
        raise BadNotice("signature")
