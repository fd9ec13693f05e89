"""How companies of the tests send their mails."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from amate.messages.models import MailSettings, Message
from amate.messages.set_mail import MailFacts, set_mail
from tests.mail_provider import KEY, SIGNING
from tests.servers import free_port
from tests.world import Shop, World

SENDER = "facturas@elamate.example"


def keep(world: World, facts: MailFacts, *, shop: Shop | None = None) -> MailSettings:
    def act() -> MailSettings:
        kept = MailSettings.objects.first()
        return set_mail(facts=facts, version=kept.version if kept else 0, now=world.now())

    return world.scoped(act, shop)


def by_mailgun(world: World, *, shop: Shop | None = None, **more: Any) -> MailSettings:
    facts = {"way": "mailgun", "sender": SENDER, "secret": KEY, "signing": SIGNING} | more
    return keep(world, MailFacts(**facts), shop=shop)


def by_smtp(world: World, **more: Any) -> MailSettings:
    facts = {"way": "smtp", "sender": SENDER, "host": "127.0.0.1", "port": world.mail.port, "tls": "none"} | more
    return keep(world, MailFacts(**facts))


def messages(world: World, shop: Shop | None = None) -> list[Message]:
    return world.scoped(lambda: list(Message.objects.order_by("id")), shop)


@contextmanager
def refusing_logins() -> Iterator[int]:
    """A real SMTP server whose every login is wrong. Answers its port."""
    port = free_port()

    def wrong(*said: object) -> AuthResult:
        return AuthResult(success=False, handled=False)

    server = Controller(object(), "127.0.0.1", port, authenticator=wrong, auth_require_tls=False)
    server.start()
    try:
        yield port
    finally:
        server.stop()
