"""The one place where the outside is wired in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from amate.adapters.hosts import Hosts
from amate.adapters.hosts.web import WebHosts
from amate.adapters.messages import SMTP, MailAccount, Messenger
from amate.adapters.messages.by_provider import ByProvider
from amate.adapters.messages.email import Smtp, url_of
from amate.adapters.messages.http_sms import HttpSms
from amate.adapters.messages.sms import Gateway, Texter
from amate.adapters.pac import Pac, PacUnavailable, open_pac
from amate.adapters.pac.sat_status import SatStanding, SatStatus, StatusQuery, TellsStanding
from amate.adapters.payments import PaymentProvider, ProviderAccount, open_provider
from amate.adapters.switch import Account, Switch, open_switch
from amate.fiscal.catalogs import Catalogs, catalogs_in_force
from amate.invoices.choose_pac import PacStanding
from amate.running.pac_accounts import pac_accounts
from amate.running.pacs_heard import Heard, pacs_heard
from amate.running.sat_status import sat_status_url


@dataclass(frozen=True, slots=True)
class Plugs:
    """What the handlers need from the world. `pacs` in the order in which they are asked. `clock` is this process's only
    clock. `messenger` is the installation's own, from `mail_from`; `messenger_of` opens a company's."""

    pacs: tuple[Pac, ...]
    sat: SatStatus
    messenger: Messenger
    hosts: Hosts
    messenger_of: Callable[[MailAccount], Messenger]
    clock: Callable[[], datetime]
    mail_from: str
    public_url: str
    heard: Callable[[datetime], Sequence[Heard]]  # of the PACs, lately
    provider_of: Callable[[ProviderAccount], PaymentProvider] = open_provider  # whoever opens it closes it
    switch_of: Callable[[Account], Switch] = open_switch
    texter_of: Callable[[Gateway], Texter] = HttpSms

    def pac_of(self, code: str) -> Pac:
        """Raises LookupError for an account that is configured no more."""
        for pac in self.pacs:
            if pac.code == code:
                return pac
        raise LookupError(f"El PAC «{code}» ya no está entre las cuentas de esta instalación.")

    def first_of(self, code: str) -> list[Pac]:
        """All of them, that one first if it is still among them: of what any PAC may do, and its own does best."""
        return sorted(self.pacs, key=lambda pac: pac.code != code)

    def standings(self, *, now: datetime) -> list[PacStanding]:
        """What this process knows of each PAC without asking it."""
        left = {one.code: one.left for one in self.heard(now)} if len(self.pacs) > 1 else {}
        return [PacStanding(pac.code, pac.gate.rest > 0, left.get(pac.code), pac.counts) for pac in self.pacs]

    async def standing_of(self, query: StatusQuery) -> SatStanding:
        """How a CFDI stands at the SAT; while its service is away, as a PAC brings it. Raises `PacUnavailable`."""
        try:
            return await self.sat.ask(query)
        except PacUnavailable:
            for pac in self.pacs:
                if not isinstance(pac, TellsStanding):
                    continue
                try:
                    return await pac.standing(query)
                except PacUnavailable:
                    continue
            raise

    async def aclose(self) -> None:
        for pac in self.pacs:
            await pac.aclose()
        await self.sat.aclose()

    @property
    def catalogs(self) -> Catalogs:
        """Those in force now: a newer edition may be adopted while the worker runs."""
        return catalogs_in_force()


def open_plugs() -> Plugs:
    return Plugs(
        pacs=tuple(open_pac(account) for account in pac_accounts()),
        sat=SatStatus(sat_status_url()),
        messenger=Smtp(settings.SMTP_URL),
        hosts=_hosts(),
        messenger_of=partial(open_messenger, private=frozenset(settings.PRIVATE_MAIL_HOSTS)),
        clock=timezone.now,
        mail_from=settings.MAIL_FROM,
        public_url=settings.PUBLIC_URL,
        heard=lambda now: pacs_heard(now=now),
    )


def _hosts() -> WebHosts:
    """A name of a company is asked as people would ask it: with the installation's own scheme and port."""
    house = urlsplit(settings.PUBLIC_URL)
    port = house.port or {"http": 80, "https": 443}[house.scheme]
    return WebHosts(scheme=house.scheme, port=port, private=settings.PAC_IS_SIMULATOR)


def open_messenger(account: MailAccount, *, private: frozenset[str], api_url: str = "") -> Messenger:
    """`private`: mail servers inside a network that the operator opened; `api_url` instead of the provider's own."""
    if account.way == SMTP:
        return Smtp(url_of(account), typed=True, private=private)
    return ByProvider(account, api_url=api_url)
