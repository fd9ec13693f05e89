"""The one place where the outside is wired in."""

from collections.abc import Callable
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
from amate.adapters.pac import Pac, open_pac
from amate.fiscal.catalogs import Catalogs, installed
from amate.running.pac_account import pac_account


@dataclass(frozen=True, slots=True)
class Plugs:
    """What the handlers need from the world. `clock` is this process's only clock. `messenger` is the installation's
    own, from `mail_from`; `messenger_of` opens a company's."""

    pac: Pac
    messenger: Messenger
    hosts: Hosts
    messenger_of: Callable[[MailAccount], Messenger]
    catalogs: Catalogs
    clock: Callable[[], datetime]
    mail_from: str
    public_url: str


def open_plugs() -> Plugs:
    return Plugs(
        pac=open_pac(pac_account()),
        messenger=Smtp(settings.SMTP_URL),
        hosts=_hosts(),
        messenger_of=partial(open_messenger, private=frozenset(settings.PRIVATE_MAIL_HOSTS)),
        catalogs=installed(),
        clock=timezone.now,
        mail_from=settings.MAIL_FROM,
        public_url=settings.PUBLIC_URL,
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
