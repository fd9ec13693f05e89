"""The simulator's desk: sessions, clock, lists, credits and faults around the act of stamping."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509

from amate.sandbox.mint import NO_VALIDITY, World
from amate.sandbox.pac.faults import Fault, as_json, draw, read_fault
from amate.sandbox.pac.lists import Lists, read_lists
from amate.sandbox.pac.schema import warm_up
from amate.sandbox.pac.stamp import Stamping, stamp_document
from amate.sandbox.pac.state import Store
from amate.sandbox.pac.timbre import Signer

SESSION = 7200


class NotASandbox(Exception):
    """The authority does not say SIN VALIDEZ FISCAL: this simulator will not stamp beside the real one."""


@dataclass(frozen=True, slots=True)
class Session:
    token: str
    until: float  # epoch seconds, by the wall clock: sessions do not follow the simulated one


class Desk:
    """One simulated PAC. Not thread-safe: the event loop runs one request at a time."""

    def __init__(self, world: World, store: Store, clock: Callable[[], datetime]) -> None:
        ca = x509.load_der_x509_certificate(world.ca.cer)
        if NO_VALIDITY not in ca.subject.rfc4514_string():
            raise NotASandbox(
                f"La autoridad de {world.folder} no dice {NO_VALIDITY}; este simulador no arranca con ella."
            )
        self.world = world
        self.store = store
        self._clock = clock
        self.signer = Signer(world.pac)
        self._sessions: dict[str, float] = {}
        self._settings = store.settings()
        self._lists = read_lists(self._settings.get("lists", {}))
        warm_up()

    # ------------------------------------------------------------ sessions

    def open_session(self, user: str, password: str) -> Session | None:
        known = secrets.compare_digest(user.encode(), self.world.user.encode())
        if not (secrets.compare_digest(password.encode(), self.world.password.encode()) and known):
            return None
        session = Session(token=secrets.token_urlsafe(32), until=time.time() + SESSION)
        self._sessions[session.token] = session.until
        return session

    def knows(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and self._sessions.get(token.strip(), 0.0) > time.time()

    def forget_sessions(self) -> None:
        self._sessions.clear()

    # ------------------------------------------------------------ stamping

    def stamp(self, sealed: bytes, *, customid: str) -> Stamping:
        """Raises `Refusal`. A credit goes with each new stamp, none with a 307."""
        stamping = stamp_document(
            sealed,
            customid=customid,
            ca=self.world.ca.cer,
            signer=self.signer,
            store=self.store,
            lists=self._lists,
            now=self.now(),
        )
        if not stamping.again and self.stamps_left is not None:
            self.stamps_left = self.stamps_left - 1
        return stamping

    # ------------------------------------------------------------ settings

    def now(self) -> datetime:
        return self._clock() + timedelta(seconds=self._settings.get("clock_ahead", 0.0))

    def set_clock(self, now: datetime) -> None:
        """From here the simulated clock runs on at its usual pace."""
        self._keep("clock_ahead", (now - self._clock()).total_seconds())

    def advance_clock(self, seconds: float) -> None:
        self._keep("clock_ahead", self._settings.get("clock_ahead", 0.0) + seconds)

    @property
    def lists(self) -> dict[str, Any]:
        return dict(self._settings.get("lists", {}))

    def load_lists(self, said: dict[str, Any]) -> Lists:
        """Raises ValueError."""
        self._lists = read_lists(said)
        self._keep("lists", said)
        return self._lists

    @property
    def stamps_left(self) -> int | None:
        left: int | None = self._settings.get("credits")
        return left

    @stamps_left.setter
    def stamps_left(self, left: int | None) -> None:
        self._keep("credits", left)

    @property
    def faults(self) -> list[Fault]:
        return [read_fault(said) for said in self._settings.get("faults", [])]

    @faults.setter
    def faults(self, faults: list[Fault]) -> None:
        self._keep("faults", [as_json(fault) for fault in faults])

    def draw_faults(self) -> dict[str, Fault]:
        before = self.faults
        struck, left = draw(before)
        if left != before:
            self.faults = left
        return struck

    def reset(self) -> None:
        """Forget documents, lists, clock, credits and faults. Sessions and certificates stay."""
        self.store.reset()
        self._settings = {}
        self._lists = Lists()

    def _keep(self, name: str, value: Any) -> None:
        self._settings = {**self._settings, name: value}
        self.store.keep_settings(self._settings)
