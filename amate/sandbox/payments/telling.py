"""Notices of what happened: signed, and sent as badly as is asked for: late, twice, out of order, wrong, or never."""

import base64
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any
from zlib import crc32

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from amate.sandbox.payments import mercado_shapes, paypal_shapes, shapes, stripe_shapes
from amate.sandbox.payments.book import Book, Event, Notice

RETRIES = (60, 600, 3_600, 6 * 3_600, 86_400, 86_400, 86_400)  # seconds after each try that failed
WIRES = ("conekta", "stripe", "paypal", "mercado_pago")
OFF_BY = 10_000  # cents that a wrong notice says too much

Send = Callable[[str, bytes, Mapping[str, str]], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Manner:
    """How events are told from now on. Probabilities 0 to 1; `late` and `jitter` in seconds, jitter drawn anew for each
    notice, so that they overtake each other."""

    lose: float = 0.0
    twice: float = 0.0
    wrong_amount: float = 0.0
    late: float = 0.0
    jitter: float = 0.0

    def __post_init__(self) -> None:
        for name in ("lose", "twice", "wrong_amount"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is 0 to 1")
        if self.late < 0 or self.jitter < 0:
            raise ValueError("late and jitter are not negative")


def read_manner(said: Mapping[str, Any]) -> Manner:
    """From JSON. Raises ValueError."""
    known = {one.name for one in fields(Manner)}
    if not said.keys() <= known:
        raise ValueError(f"a manner has {', '.join(sorted(known))}")
    return Manner(**{name: float(value) for name, value in said.items()})


class Teller:
    """Schedules and sends the notices of one book."""

    def __init__(self, book: Book, *, key: rsa.RSAPrivateKey | None = None) -> None:
        """`key` signs; without it one of this process's own."""
        self._book = book
        self._key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.public_key = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        self.signing_secret = "whsec_" + sha256(self.public_key.encode()).hexdigest()[:32]
        self.webhook_id = "WH" + sha256(self.public_key.encode()).hexdigest()[:20].upper()
        self.wire = WIRES[0]
        self.manner = Manner()
        self.sent: list[dict[str, Any]] = []
        self._scheduled = 0

    def reset(self) -> None:
        self.wire = WIRES[0]
        self.manner = Manner()
        self.sent.clear()
        self._scheduled = 0

    def schedule(self, manner: Manner | None = None) -> None:
        """Of whatever happened since the last time."""
        how = manner or self.manner
        for event in self._book.events[self._scheduled :]:
            self._schedule(event, how)
        self._scheduled = len(self._book.events)

    def _schedule(self, event: Event, how: Manner) -> None:
        dice = self._book.random
        if how.lose and dice.random() < how.lose:
            return
        wrong = bool(how.wrong_amount) and dice.random() < how.wrong_amount
        body = _body(event, wire=self.wire, off_by=OFF_BY if wrong else 0)
        copies = 2 if how.twice and dice.random() < how.twice else 1
        for _ in range(copies):
            due = self._book.now().timestamp() + how.late + (dice.uniform(0, how.jitter) if how.jitter else 0)
            self._book.notices.append(Notice(event.id, due, body))

    def sign(self, body: bytes) -> str:
        return base64.b64encode(self._key.sign(body, padding.PKCS1v15(), hashes.SHA256())).decode()

    def sign_by_secret(self, body: bytes) -> str:
        """As of now: a notice that comes again is signed again."""
        at = self._book.second()
        mac = hmac.digest(self.signing_secret.encode(), f"{at}.".encode() + body, "sha256").hex()
        return f"t={at},v1={mac},v0={'0' * 64}"

    def sign_as_paypal(self, body: bytes, *, name: str) -> dict[str, str]:
        at = paypal_shapes.instant(self._book.second())
        signed = f"{name}|{at}|{self.webhook_id}|{crc32(body)}"
        return {
            "PayPal-Transmission-Id": name,
            "PayPal-Transmission-Time": at,
            "PayPal-Transmission-Sig": self.sign(signed.encode()),
            "PayPal-Cert-Url": "https://api.paypal.invalid/v1/notifications/certs/CERT-1",
            "PayPal-Auth-Algo": "SHA256withRSA",
        }

    def sign_as_mercado_pago(self, about: str, *, name: str) -> dict[str, str]:
        """Its header covers what the address names, and nothing of the body; the instant is one of thousandths."""
        at = self._book.second() * 1000
        mac = hmac.digest(self.signing_secret.encode(), f"id:{about};request-id:{name};ts:{at};".encode(), "sha256")
        return {"x-signature": f"ts={at},v1={mac.hex()}", "x-request-id": name}

    def signed(self, text: bytes, signature: str) -> bool:
        """Whether this key signed it."""
        return hmac.compare_digest(self.sign(text).encode(), signature.encode())

    @property
    def waiting(self) -> int:
        return len(self._book.notices)

    async def deliver(self, send: Send) -> list[dict[str, Any]]:
        """Send what is due, earliest first. What is not answered with 2xx comes again later."""
        now = self._book.now().timestamp()
        due = sorted((one for one in self._book.notices if one.due_at <= now), key=lambda one: one.due_at)
        self._book.notices = [one for one in self._book.notices if one.due_at > now]
        told: list[dict[str, Any]] = []
        for notice in due:
            statuses = [await self._send(send, url, notice) for url in self._book.webhooks]
            delivered = bool(statuses) and all(200 <= status < 300 for status in statuses)
            if not delivered and notice.tries < len(RETRIES):
                notice.due_at = now + RETRIES[notice.tries]
                notice.tries += 1
                self._book.notices.append(notice)
            told.append({"event": notice.event_id, "statuses": statuses, "delivered": delivered})
        self.sent += told
        return told

    async def _send(self, send: Send, url: str, notice: Notice) -> int:
        headers = {"Content-Type": "application/json"}
        if self.wire == "stripe":
            headers["Stripe-Signature"] = self.sign_by_secret(notice.body)
        elif self.wire == "paypal":
            headers |= self.sign_as_paypal(notice.body, name=f"{notice.event_id}-{notice.tries}")
        elif self.wire == "mercado_pago":
            said = json.loads(notice.body)
            about = str(said["data"]["id"])
            headers |= self.sign_as_mercado_pago(about.lower(), name=notice.event_id)
            url = f"{url}?data.id={about}&type={said['type']}"
        else:
            headers["DIGEST"] = self.sign(notice.body)
        return await send(url, notice.body, headers)


def _body(event: Event, *, wire: str, off_by: int) -> bytes:
    said = shapes.event(event)
    if off_by:
        said = json.loads(json.dumps(said))
        thing = said["data"]["object"]
        for one in [thing, *((thing.get("charges") or {}).get("data") or [])]:
            if "amount" in one:
                one["amount"] += off_by
    if wire == "stripe":
        said = stripe_shapes.event(said)
    elif wire == "paypal":
        said = paypal_shapes.event(said)
    elif wire == "mercado_pago":
        said = mercado_shapes.notice(said)
    return json.dumps(said, ensure_ascii=False).encode()
