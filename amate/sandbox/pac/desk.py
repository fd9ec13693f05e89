"""The simulator's desk: sessions, clock, lists, credits and faults around the act of stamping."""

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509

from amate.sandbox.mint import NO_VALIDITY, World
from amate.sandbox.pac.answering import answer, pending, play
from amate.sandbox.pac.cancelling import ATTITUDES, Answered, Sat, cancel
from amate.sandbox.pac.faults import Fault, as_json, draw, read_fault
from amate.sandbox.pac.lists import Lists, read_lists
from amate.sandbox.pac.schema import warm_up
from amate.sandbox.pac.stamp import Stamping, stamp_document
from amate.sandbox.pac.standing import Clocks, behind
from amate.sandbox.pac.state import Cancellation, Document, Store
from amate.sandbox.pac.status import Told, tell
from amate.sandbox.pac.timbre import Signer
from amate.sandbox.pac.workdays import after_working_days

SESSION = 7200
_EMISOR = re.compile(rb'<cfdi:Emisor[^>]*? Rfc="([^"]+)"')


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

    def admits(self, user: str, password: str) -> bool:
        known = secrets.compare_digest(user.encode(), self.world.user.encode())
        return secrets.compare_digest(password.encode(), self.world.password.encode()) and known

    def open_session(self, user: str, password: str) -> Session | None:
        if not self.admits(user, password):
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
            ahead=self._ahead_of(sealed),
        )
        if not stamping.again and self.stamps_left is not None:
            self.stamps_left = self.stamps_left - 1
        return stamping

    def find(self, sealed: bytes) -> Document | None:
        """What was stamped of these very bytes."""
        return self.store.by_sha256(hashlib.sha256(sealed).hexdigest())

    # ------------------------------------------------------------ cancelling

    def sat(self, *, late: float = 0.0) -> Sat:
        """What the simulated SAT knows now, or `late` seconds ago."""
        now = self.now()
        ahead = timedelta(seconds=self._settings.get("acceptance_ahead", 0.0))
        clocks = Clocks(now, now + ahead, self._lists.closed)
        return Sat(
            store=self.store,
            lists=self._lists,
            clocks=behind(clocks, late) if late else clocks,
            ca=self.world.ca.cer,
            sat_lag=self.sat_lag,
            attitudes=self.attitudes,
        )

    def cancel(self, signed: bytes, *, done: bool = True) -> Answered:
        """Raises `Refusal` when the whole request is bad. Not `done`: it is answered and forgotten."""
        return cancel(signed, self.sat(), done=done)

    def pending(self, rfc: str) -> list[Cancellation]:
        return pending(rfc, self.sat())

    def answer(self, signed: bytes) -> Answered:
        """Raises `Refusal` when the whole answer is bad."""
        return answer(signed, self.sat())

    def play(self, uuid: str, attitude: str) -> str:
        """The receiver of one request decides. Raises LookupError, KeyError."""
        return play(uuid, attitude, self.sat())

    def tell(self, expression: str, *, late: float = 0.0) -> Told:
        """What the SAT's status service says, or said `late` seconds ago."""
        return tell(expression, self.sat(late=late))

    # ------------------------------------------------------------ settings

    def advance_acceptance(self, *, seconds: float = 0.0, working_days: int = 0) -> datetime:
        """Only the acceptance clock: to the end of so many working days, then so many seconds on. Answers its time."""
        then = self.sat().clocks.acceptance
        if working_days:
            then = after_working_days(then, working_days, self._lists.closed)
        then += timedelta(seconds=seconds)
        self._keep("acceptance_ahead", (then - self.now()).total_seconds())
        return then

    @property
    def sat_lag(self) -> float:
        """Seconds that the SAT needs to learn of a stamp: until then 205 and N - 602."""
        return float(self._settings.get("sat_lag", 0.0))

    @sat_lag.setter
    def sat_lag(self, seconds: float) -> None:
        self._keep("sat_lag", seconds)

    @property
    def attitudes(self) -> dict[str, str]:
        return dict(self._settings.get("attitudes", {}))

    def set_attitude(self, rfc: str, attitude: str) -> None:
        """How a receiver answers requests to come: accept, reject, silent. Raises KeyError."""
        self._keep(
            "attitudes", {**self.attitudes, rfc: attitude} if ATTITUDES[attitude] else _without(self.attitudes, rfc)
        )

    def now(self) -> datetime:
        return self._clock() + timedelta(seconds=self._settings.get("clock_ahead", 0.0))

    def set_clock(self, now: datetime) -> None:
        """From here the simulated clock runs on at its usual pace."""
        self._keep("clock_ahead", (now - self._clock()).total_seconds())

    def set_clock_of(self, rfc: str, now: datetime) -> None:
        """What this issuer believes runs ahead from here: of companies that try things out, each with a clock of its own."""
        self._keep("ahead_of", {**self._settings.get("ahead_of", {}), rfc: (now - self.now()).total_seconds()})

    def _ahead_of(self, sealed: bytes) -> timedelta:
        known: dict[str, float] = self._settings.get("ahead_of", {})
        found = _EMISOR.search(sealed) if known else None
        return timedelta(seconds=known.get(found[1].decode(), 0.0) if found else 0.0)

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

    def draw_faults(self, act: str = "stamp") -> dict[str, Fault]:
        before = self.faults
        struck, left = draw(before, act=act)
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


def _without(attitudes: dict[str, str], rfc: str) -> dict[str, str]:
    return {whose: attitude for whose, attitude in attitudes.items() if whose != rfc}
