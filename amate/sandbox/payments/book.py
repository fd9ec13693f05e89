"""What the simulated provider remembers. Plain rows; who changes them is `orders` and `paying`, who tells of them `telling`."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any


class Refused(Exception):
    """The provider says no. `status` and `code` as it would answer."""

    def __init__(self, code: str, message: str, *, status: int = 422) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclass
class Charge:
    """One way to pay an order, or one time that it was paid. Cents; instants are epoch seconds."""

    id: str
    order_id: str
    amount: int
    way: str  # cash, spei, card
    reference: str  # of a card: the id of the page that takes it
    status: str
    created_at: int
    expires_at: int | None
    paid_at: int | None = None
    fee: int | None = None
    auth_code: str = ""
    tracking_code: str = ""
    payer: dict[str, str] = field(default_factory=dict)
    refunds: list[tuple[str, int]] = field(default_factory=list)

    @property
    def returned(self) -> int:
        return sum(amount for _, amount in self.refunds)


@dataclass
class Order:
    id: str
    amount: int
    currency: str
    status: str
    customer: dict[str, Any]
    line_items: list[dict[str, Any]]
    metadata: dict[str, Any]
    created_at: int
    updated_at: int
    charges: list[Charge] = field(default_factory=list)


@dataclass
class Customer:
    id: str
    name: str
    email: str
    phone: str
    metadata: dict[str, Any]
    sources: list["Source"] = field(default_factory=list)


@dataclass
class Source:
    """A reference for life."""

    id: str
    customer_id: str
    kind: str  # as the wire names it
    way: str
    reference: str
    created_at: int


@dataclass
class Event:
    """`snapshot`: the thing as it was at that moment, which is what a notice carries."""

    id: str
    told: str
    created_at: int
    snapshot: dict[str, Any]


@dataclass
class Notice:
    """One sending of an event. `due_at` moves with each failed try."""

    event_id: str
    due_at: float
    body: bytes
    tries: int = 0


class Book:
    """One account with the provider. `clock` gives the real instant, or the same one for ever: `ahead` is added to it.

    The same seed and the same acts give the same ids, references and choices. Not thread-safe.
    """

    def __init__(self, *, seed: int, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Forget everything but the keys."""
        self.random = random.Random(self._seed)  # noqa: S311 a play, and the same each time
        self.ahead = 0.0
        self.orders: dict[str, Order] = {}
        self.customers: dict[str, Customer] = {}
        self.sources: dict[str, Source] = {}  # by reference
        self.open_at: dict[str, Charge] = {}  # by reference: what a one-off reference pays
        self.events: list[Event] = []
        self.place_of: dict[str, int] = {}  # of an event among them
        self.expiries: list[tuple[int, str]] = []  # a heap of (second, order)
        self.notices: list[Notice] = []  # not yet taken
        self.webhooks: list[str] = []
        self.answered: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
        self._count = 0

    def now(self) -> datetime:
        return self._clock() + timedelta(seconds=self.ahead)

    def second(self) -> int:
        return int(self.now().timestamp())

    def add_event(self, told: str, snapshot: dict[str, Any]) -> Event:
        event = Event(self.new_id("evt_"), told, self.second(), snapshot)
        self.place_of[event.id] = len(self.events)
        self.events.append(event)
        return event

    def new_id(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count:06d}{self.random.getrandbits(48):012x}"

    def digits(self, count: int) -> str:
        return "".join(str(self.random.randrange(10)) for _ in range(count))

    def clabe(self) -> str:
        """A valid one of 646180, whose last digit is weighed 3, 7, 1."""
        body = "646180" + self.digits(11)
        total = sum(int(digit) * weight % 10 for digit, weight in zip(body, (3, 7, 1) * 6, strict=False))
        return body + str(-total % 10)

    def order(self, order_id: str) -> Order:
        """Raises `Refused`, 404."""
        found = self.orders.get(order_id)
        if found is None:
            raise Refused("conekta.errors.resource_not_found.entity", "The order was not found", status=404)
        return found
