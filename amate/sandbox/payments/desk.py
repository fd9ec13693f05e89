"""The simulated provider whole: book, teller, faults and idempotency, whatever wire it is asked by."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from amate.sandbox.payments import orders, paying, shapes
from amate.sandbox.payments.book import Book, Event, Refused, Source
from amate.sandbox.payments.telling import Manner, Teller

# Kind → what the merchant sees. "before" and "after" say whether it was done.
KINDS: Mapping[str, str] = {
    "down": "HTTP 503, sin hacer nada",
    "429": "HTTP 429 con Retry-After, sin hacer nada",
    "500_before": "HTTP 500 sin hacer nada",
    "500_after": "lo hace y responde HTTP 500",
    "drop_before": "corta la conexión sin hacer nada",
    "drop_after": "lo hace y corta la conexión",
    "hang": "no responde nunca",
    "html": "una página HTML con HTTP 200, sin hacer nada",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """`count` None: until it is taken away."""

    kind: str
    count: int | None = None
    probability: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind!r}; there are {', '.join(KINDS)}")
        if not 0 <= self.probability <= 1:
            raise ValueError(f"probability is 0 to 1, not {self.probability}")


class Desk:
    """Not thread-safe: the event loop runs one request at a time."""

    def __init__(
        self, *, seed: int, clock: Callable[[], datetime], api_key: str, signing_key: RSAPrivateKey | None = None
    ) -> None:
        self.book = Book(seed=seed, clock=clock)
        self.teller = Teller(self.book, key=signing_key)
        self.api_key = api_key
        self._seed = seed
        self.faults: list[Fault] = []
        self._dice = random.Random(seed + 1)  # noqa: S311 not the book's: faults must not change its ids

    def know(self, payers: Iterable[Mapping[str, str]]) -> None:
        """Payers of an earlier life ({name, email, phone, clabe}) keep the CLABE that they were given for life."""
        for one in payers:
            payer = orders.create_customer(self.book, dict(one))
            source = Source(
                self.book.new_id("src_"), payer.id, "spei_recurrent", "spei", one["clabe"], self.book.second()
            )
            payer.sources.append(source)
            self.book.sources[source.reference] = source

    def reset(self) -> None:
        self.book.reset()
        self.teller.reset()
        self.faults = []
        self._dice = random.Random(self._seed + 1)  # noqa: S311

    def draw(self) -> str:
        """The fault that strikes this call, or nothing."""
        struck, left = "", []
        for fault in self.faults:
            strikes = not struck and (fault.probability >= 1 or self._dice.random() < fault.probability)
            if strikes:
                struck = fault.kind
            if not strikes or fault.count is None:
                left.append(fault)
            elif fault.count > 1:
                left.append(replace(fault, count=fault.count - 1))
        self.faults = left
        return struck

    # ------------------------------------------------------------ the customer and the world

    def pays(
        self,
        reference: str,
        *,
        cents: int | None = None,
        payer: Mapping[str, str] | None = None,
        manner: Manner | None = None,
    ) -> Event:
        """Raises `Refused`. `manner`: how this one is told; None: as all are."""
        event = paying.pay(self.book, reference, cents=cents, payer=payer)
        self.teller.schedule(manner)
        return event

    def approves(self, order_id: str, *, manner: Manner | None = None) -> Event:
        event = paying.approve(self.book, order_id)
        self.teller.schedule(manner)
        return event

    def expires(self, order_id: str, *, manner: Manner | None = None) -> Event:
        event = paying.expire(self.book, order_id)
        self.teller.schedule(manner)
        return event

    def refunds(
        self, order_id: str, *, cents: int, charge_id: str | None = None, manner: Manner | None = None
    ) -> Event:
        orders.refund(self.book, order_id, {"amount": cents, "charge_id": charge_id}, by_hand=True)
        self.teller.schedule(manner)
        return self.book.events[-1]

    def charges_back(self, order_id: str, *, charge_id: str | None = None, manner: Manner | None = None) -> Event:
        event = paying.charge_back(self.book, order_id, charge_id)
        self.teller.schedule(manner)
        return event

    def set_clock(self, now: datetime) -> None:
        self.advance((now - self.book.now()).total_seconds())

    def advance(self, seconds: float) -> None:
        self.book.ahead += seconds
        paying.expire_due(self.book)
        self.teller.schedule()

    # ------------------------------------------------------------ the merchant

    def asked(self, act: str, key: str, do: Callable[[], dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        """Do it once for each key; a repetition is told the first answer."""
        known = self.book.answered.get((act, key)) if key else None
        if known is not None:
            return known
        paying.expire_due(self.book)
        try:
            answer = 200, do()
        except Refused as refused:
            answer = refused.status, _error(refused)
        self.teller.schedule()
        if key:
            self.book.answered[act, key] = answer
        return answer

    def events(self, *, limit: int, after: str) -> dict[str, Any]:
        """The newest first. Raises `Refused` for an `after` that is none of them."""
        end = self.book.place_of.get(after, -1) if after else len(self.book.events)
        if end < 0:
            raise Refused("conekta.errors.parameter_validation.next", "next is not an event", status=422)
        start = max(0, end - limit)
        rows = reversed(self.book.events[start:end])
        return shapes.listed((shapes.event(one) for one in rows), has_more=start > 0)


def _error(refused: Refused) -> dict[str, Any]:
    kind = "resource_not_found_error" if refused.status == 404 else "parameter_validation_error"
    detail = {"code": refused.code, "message": refused.message, "debug_message": refused.message, "param": None}
    return {"object": "error", "type": kind, "log_id": None, "details": [detail]}
