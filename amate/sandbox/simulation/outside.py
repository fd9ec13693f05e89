"""The outside of a simulated company: PAC, payment provider, switch, mail and phones, all in this process."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import httpx
from django.core.wsgi import get_wsgi_application

from amate.adapters.hosts.web import WebHosts
from amate.adapters.messages import Cause, MessengerUnavailable, Outgoing
from amate.adapters.pac import PacAccount
from amate.adapters.pac.sat_status import SatStatus
from amate.adapters.pac.sw_sapien import SwSapien
from amate.adapters.payments import open_provider
from amate.adapters.switch import open_switch
from amate.adapters.switch.signing import new_key
from amate.sandbox.mint import World
from amate.sandbox.pac.app import create_app as pac_app
from amate.sandbox.pac.state import MemoryStore, Store
from amate.sandbox.payments.app import create_app as payments_app
from amate.sandbox.payments.desk import Desk
from amate.sandbox.payments.telling import Manner
from amate.sandbox.simulation.faults import LOST_NOTICES, Faults, Wire
from amate.sandbox.switch.app import create_app as switch_app
from amate.sandbox.switch.board import Board, Moods
from amate.tenancy.clock import running_ahead
from amate.worker.plugs import Plugs

PLACES = ("pac", "payments", "switch", "mail")
PAC_URL, PAYMENTS_URL, SWITCH_URL = "https://pac.example", "https://pagos.example", "https://red.example"
SOON = 3 * 86_400.0  # seconds within which a notice arrives, so that they overtake each other
API_KEY = "key_of_the_simulation"


@dataclass(slots=True)
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


class Mailroom:
    """Takes mails, counts by our own mark how often each left, and is away when the faults say so."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self.left: dict[str, int] = {}

    async def send(self, mail: Outgoing) -> str:
        how = self._faults.of_a_call("mail")
        if how == "dies_before":
            self._faults.crash()
        if how == "away":
            raise MessengerUnavailable("the mail server is away", cause=Cause.SERVER)
        self.left[mail.mark] = self.left.get(mail.mark, 0) + 1
        if how == "dies_after":
            self._faults.crash()
        if how == "silent":
            raise MessengerUnavailable("the mail server said nothing", cause=Cause.SILENT)
        return ""


class Outside:
    def __init__(self, *, minted: World, faults: Faults, clock: Clock, seed: int, store: Store | None = None) -> None:
        self.minted, self.faults, self.clock = minted, faults, clock
        self.store: Store = store or MemoryStore()
        self.desk = Desk(seed=seed, clock=clock, api_key=API_KEY)
        self.switch_key = new_key()
        self.board = Board(keys=[self.switch_key], seed=seed, clock=clock)
        self.mail = Mailroom(faults)
        if faults.probability:
            self.desk.teller.manner = Manner(lose=LOST_NOTICES, twice=0.15, wrong_amount=0.03, jitter=SOON)
            self.board.moods = Moods(lose=0.03, late=0.04, delay=2 * 86_400.0, broken=faults.probability)
        self._pac = self._wire("pac", pac_app(minted, self.store, clock))
        self._payments = self._wire("payments", payments_app(self.desk, by_itself=False))
        self._switch = self._wire("switch", switch_app(self.board))
        self._web = httpx.Client(
            transport=httpx.WSGITransport(app=get_wsgi_application()), base_url="http://127.0.0.1", trust_env=False
        )
        self.path = ""  # where our web takes the provider's notices
        self.refused_forged = 0
        self.took_forged = 0

    def _wire(self, place: str, app: Any) -> Wire:
        return Wire(place, httpx.ASGITransport(app=app), self.faults)

    def plugs(self) -> Plugs:
        certificate = self.minted.pac
        account = PacAccount(
            code="sw_sapien",
            services_url=PAC_URL,
            api_url=PAC_URL,
            user=self.minted.user,
            password=self.minted.password,
            certificates={certificate.no_certificado: certificate.cer},
        )
        return Plugs(
            pacs=(SwSapien(account, transport=self._pac, clock=lambda: self.clock.now.timestamp()),),
            sat=SatStatus(PAC_URL),
            messenger=self.mail,
            hosts=WebHosts(scheme="http", port=9, private=True),
            messenger_of=lambda account: self.mail,
            clock=self.clock,
            mail_from="avisos@amate.example",
            public_url="https://facturas.example",
            heard=lambda now: [],
            provider_of=partial(open_provider, transport=self._payments),
            switch_of=partial(open_switch, transport=self._switch),
        )

    # ------------------------------------------------------------ the provider tells

    def pays(self, reference: str, cents: int) -> None:
        told = len(self.desk.book.events)
        # The first notice of a run that has faults is lost for sure: a run that lost none proves nothing.
        surely = self.faults.probability > 0 and not self.faults.notices_lost
        self.desk.pays(reference, cents=cents, manner=Manner(lose=1.0) if surely else None)
        waiting = {notice.event_id for notice in self.desk.book.notices}
        self.faults.notices_lost += sum(event.id not in waiting for event in self.desk.book.events[told:])

    async def deliver(self) -> None:
        """What is due arrives at our web, by its own door. Without a path nobody is told: the sweep finds what came."""
        if not self.path:
            return

        async def send(url: str, body: bytes, headers: Mapping[str, str]) -> int:
            return await asyncio.to_thread(self._post, body, headers)

        self.desk.book.webhooks = [self.path]
        await self.desk.teller.deliver(send)

    async def forge(self, body: bytes) -> None:
        """Somebody else tells of a payment."""
        status = await asyncio.to_thread(self._post, body, {"DIGEST": "c29tZWJvZHkgZWxzZQ=="})
        self.refused_forged += status == 400
        self.took_forged += status == 200

    def _post(self, body: bytes, headers: Mapping[str, str]) -> int:
        real = datetime.now(tz=self.clock.now.tzinfo)
        with running_ahead(self.clock.now - real):
            return self._web.post(
                self.path, content=body, headers={**headers, "Content-Type": "application/json"}
            ).status_code

    # ------------------------------------------------------------ the truth

    def truth(self) -> dict[str, tuple[int, float]]:
        """Every payment that came: cents and the second, by its id."""
        return {
            f"{order.id}/{charge.id}": (charge.amount, charge.paid_at)
            for order in self.desk.book.orders.values()
            for charge in order.charges
            if charge.paid_at
        }

    def served(self) -> dict[str, str]:
        """What the other side has, by its own name of each service."""
        self.board.settle()
        return {name: state for name, (state, _) in self.board.services.items()}
