"""The one place where the outside is wired in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from amate.adapters.hosts import Hosts
from amate.adapters.hosts.web import WebHosts
from amate.adapters.messages import Messenger
from amate.adapters.messages.email import Smtp
from amate.adapters.pac import Pac, open_pac
from amate.fiscal.catalogs import Catalogs, installed
from amate.running.pac_account import pac_account


@dataclass(frozen=True, slots=True)
class Plugs:
    """What the handlers need from the world. `clock` is this process's only clock."""

    pac: Pac
    messenger: Messenger
    hosts: Hosts
    catalogs: Catalogs
    clock: Callable[[], datetime]
    mail_from: str
    public_url: str


def open_plugs() -> Plugs:
    return Plugs(
        pac=open_pac(pac_account()),
        messenger=Smtp(settings.SMTP_URL),
        hosts=_hosts(),
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
