"""The world of a story: two companies, their people, a PAC, a mailbox and a clock; moved through the edges only."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import httpx
from django.db import connection, connections
from django.test import Client

from amate.access.models import Role, User
from amate.adapters.hosts import Hosts
from amate.adapters.hosts.web import WebHosts
from amate.adapters.messages.email import Smtp
from amate.adapters.pac import Pac, PacAccount
from amate.adapters.pac.finkok import Finkok
from amate.adapters.pac.sat_status import SatStatus
from amate.adapters.pac.sw_sapien import SwSapien
from amate.companies.models import Branch, Company
from amate.fiscal.tables.zones import CENTRO
from amate.invoices.models import Invoice, Origin
from amate.promises.models import Promise
from amate.running.sat_status import STATUS_PATH
from amate.sandbox.companies import SHOPS, fresh_ticket, hire, open_api, open_shop
from amate.sandbox.mint import World as Minted
from amate.self_invoicing.claim import claim_ticket
from amate.self_invoicing.models import Ticket
from amate.tenancy.scope import company_scope
from amate.worker.plugs import Plugs, open_messenger
from tests.people import FISICA, receptor_of
from tests.servers import MailServer, PacServer

T = TypeVar("T")
PASSWORD = "una contraseña larga"
LOOPBACK = frozenset({"127.0.0.1"})
QUICK = httpx.Timeout(connect=2, write=2, read=3, pool=2)  # a PAC that hangs must not hold the suite


@dataclass
class Shop:
    """One company of the world and what its people need."""

    company: Company
    branch: Branch
    api_key: str
    owner: User

    @property
    def slug(self) -> str:
        return self.company.slug

    @property
    def portal(self) -> str:
        return f"/f/{self.slug}/"

    @property
    def office(self) -> str:
        return f"/oficina/{self.slug}/"


@dataclass
class World:
    minted: Minted
    pac: PacServer
    mail: MailServer
    client: Client = field(default_factory=Client)
    ahead: timedelta = timedelta()
    _held: datetime | None = None
    mail_api: str = ""  # a provider's stand-in
    shops: list[Shop] = field(default_factory=list)
    second: PacServer | None = None  # another PAC, that speaks Finkok's wire
    order: tuple[str, ...] = ("sw_sapien", "finkok")  # in which those that are there are asked
    hosts: Hosts = field(default_factory=lambda: WebHosts(scheme="http", port=9, private=True))  # nobody answers there
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    # ------------------------------------------------------------ clock

    def now(self) -> datetime:
        return self._held or datetime.now(UTC) + self.ahead

    def time_passes(self, **how_long: float) -> None:
        """The clock of the house and of the PAC go on together."""
        self.ahead += timedelta(**how_long)
        if self._held is not None:
            self._held += timedelta(**how_long)
        for pac in filter(None, (self.pac, self.second)):
            pac.admin("clock", {"advance": timedelta(**how_long).total_seconds()})

    @contextmanager
    def clock_stands(self) -> Iterator[None]:
        """The instant is the same for everybody meanwhile; `time_passes` moves it on."""
        before, self._held = self._held, self.now()
        try:
            yield
        finally:
            self._held = before

    # ------------------------------------------------------------ people and places

    def open(self) -> None:
        for shop, email in zip(SHOPS, ("ana@amate.example", "mariana@papeleria.example"), strict=True):
            company, branch = open_shop(shop=shop, world=self.minted, now=self.now())
            owner = hire(company=company, email=email, password=PASSWORD, nombre="Ana Ruiz", role=Role.OWNER)
            self.shops.append(Shop(company, branch, open_api(company=company, now=self.now()), owner))

    def close(self) -> None:
        self._threads.submit(connections.close_all).result()
        self._threads.shutdown()

    @property
    def shop(self) -> Shop:
        return self.shops[0]

    @property
    def other(self) -> Shop:
        return self.shops[1]

    def sale(self, shop: Shop | None = None) -> Ticket:
        """A note sold a moment ago that nobody has claimed."""
        return self.inside(lambda: fresh_ticket(company=(shop or self.shop).company, now=self.now()))

    def today(self) -> date:
        """The day of the first company: in UTC it may be the next one already."""
        return self.now().astimezone(ZoneInfo(CENTRO)).date()

    def scoped(self, look: Callable[[], T], shop: Shop | None = None) -> T:
        """Look at the database inside a company's scope."""

        def inside() -> T:
            with company_scope((shop or self.shop).company.pk):
                return look()

        return self.inside(inside)

    def inside(self, act: Callable[[], T]) -> T:
        """Run in the world's own thread: a browser's event loop may be running in this one."""
        return self._threads.submit(act).result()

    # ------------------------------------------------------------ the worker

    def account(self, code: str = "sw_sapien", pac: PacServer | None = None) -> PacAccount:
        certificate, url = self.minted.pac, (pac or self.pac).url
        return PacAccount(
            code=code,
            services_url=url,
            api_url=url,
            user=self.minted.user,
            password=self.minted.password,
            certificates={certificate.no_certificado: certificate.cer},
        )

    def pacs(self) -> tuple[Pac, ...]:
        there: dict[str, Pac] = {"sw_sapien": SwSapien(self.account(), timeouts=QUICK)}
        if self.second is not None:
            there["finkok"] = Finkok(self.account("finkok", self.second), timeouts=QUICK)
        return tuple(there[code] for code in self.order if code in there)

    def plugs(self) -> Plugs:
        return Plugs(
            pacs=self.pacs(),
            sat=SatStatus(self.pac.url + STATUS_PATH, timeouts=QUICK),
            messenger=Smtp(self.mail.url),
            hosts=self.hosts,
            messenger_of=partial(open_messenger, private=LOOPBACK, api_url=self.mail_api),
            clock=self.now,
            mail_from="facturas@amate.example",
            public_url="https://facturas.example",
            heard=lambda now: [],  # what another test's worker heard is nobody's business here
        )

    def settle(self) -> None:
        """The worker keeps every promise that is due, as often as keeping one makes another.

        The clock stands meanwhile: on a slow machine a retry would be due again before the others had their turn.
        """
        with self.clock_stands():
            self.inside(self._settle)

    def _settle(self) -> None:
        from amate.promises.sweep import sweep
        from amate.worker.run import run_worker

        async def once(queues: list[str]) -> None:
            plugs = self.plugs()
            try:
                await run_worker(plugs, forever=False, queues=queues)
            finally:
                await plugs.aclose()

        for _ in range(40):
            # What was asked for has its nudge; the sweep is for what is due again, or whose nudge was lost.
            if not (queues := _with_nudges()):
                if not sweep(now=self.now(), lately=timedelta()):
                    return
                queues = _with_nudges()
            asyncio.run(once(queues))
        raise AssertionError("the worker never settles: some promise is due again and again")

    @contextmanager
    def worker(self) -> Iterator[None]:
        """A worker that runs beside the test, as in production."""
        from amate.worker.run import run_worker

        loop = asyncio.new_event_loop()
        plugs = self.plugs()
        running = loop.create_task(run_worker(plugs, signals=False))

        async def run() -> None:
            try:
                await asyncio.wait({running})
            finally:
                await plugs.aclose()

        thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
        thread.start()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(running.cancel)
            thread.join(60)
            assert not thread.is_alive(), "the worker does not stop"
            loop.close()
        if not running.cancelled():
            running.result()

    # ------------------------------------------------------------ acts

    def claim(self, ticket: Ticket, who: dict[str, str] | None = None, shop: Shop | None = None) -> Invoice:
        """What the portal does when somebody clicks "Emitir", without its pages."""
        typed = who or FISICA

        def act() -> Invoice:
            receptor, correo = receptor_of(typed), typed.get("correo", "")
            return claim_ticket(
                ticket_id=ticket.pk, receptor=receptor, correo=correo, origin=Origin.PORTAL, now=self.now()
            )

        return self.scoped(act, shop)

    def invoice(self, invoice: Invoice, shop: Shop | None = None) -> Invoice:
        """The invoice as the database has it now."""
        return self.scoped(lambda: Invoice.objects.get(pk=invoice.pk), shop)

    def promises(self) -> list[Promise]:
        return self.scoped(lambda: list(Promise.objects.order_by("id")))

    # ------------------------------------------------------------ acts through the edges

    def api(self, method: str, path: str, body: Any = None, *, shop: Shop | None = None) -> Any:
        """One call of the REST API with a company's key."""
        headers = {"Authorization": f"Bearer {(shop or self.shop).api_key}"}
        data = json.dumps(body) if body is not None else ""
        return self.client.generic(method, f"/api/v1{path}", data, content_type="application/json", headers=headers)

    def log_in(self, shop: Shop | None = None) -> Client:
        client = Client()
        self.inside(
            lambda: client.force_login((shop or self.shop).owner, backend="django.contrib.auth.backends.ModelBackend")
        )
        self.inside(lambda: self._has_just_shown_who_it_is(client, (shop or self.shop).owner))
        return client

    def _has_just_shown_who_it_is(self, client: Client, person: User) -> None:
        """What a login leaves in the session, so that no page asks for the password again."""
        session = client.session
        session["account_authentication_methods_user"] = str(person.pk)
        session["account_authentication_methods"] = [{"method": "password", "at": self.now().timestamp()}]
        session.save()


def _with_nudges() -> list[str]:
    """The queues that a worker would find something in now: the others need not be opened."""
    with connection.cursor() as c:
        c.execute(
            "SELECT DISTINCT queue_name FROM procrastinate_jobs WHERE status = 'todo'"
            " AND (scheduled_at IS NULL OR scheduled_at <= now())"
        )
        return [queue for (queue,) in c.fetchall()]
