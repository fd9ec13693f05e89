"""What the provider tells afterwards: proved, kept once, believed only of a mail of the same company."""

import json
from typing import Any

from django.test import Client

from amate.messages.models import MailSettings, Message, Notice
from amate.web.mail_notices import notices_address
from tests.mail_provider import MailProvider
from tests.messages.ways import by_mailgun, keep, messages
from tests.people import FISICA
from tests.world import Shop, World

State = Message.State


def mailed(world: World, provider: MailProvider) -> dict[str, Any]:
    """An invoice on its way by the provider."""
    world.claim(world.sale())
    world.settle()
    return provider.mails[-1]


def secret_of(world: World, shop: Shop | None = None) -> str:
    """`name:password` of the address that the provider was given."""
    slug = (shop or world.shop).slug
    address = world.scoped(lambda: notices_address(MailSettings.objects.get(), slug=slug), shop)
    return address.split("//")[1].split("@")[0]


def tell(world: World, notice: Any, *, shop: Shop | None = None, secret: str | None = None) -> int:
    from base64 import b64encode

    shop = shop or world.shop
    said = secret_of(world, shop) if secret is None else secret
    headers = {"Authorization": "Basic " + b64encode(said.encode()).decode()}
    body = notice if isinstance(notice, str) else json.dumps(notice)
    client = Client(enforce_csrf_checks=True)
    path = f"/avisos/{shop.slug}/correo/"
    return int(
        world.inside(lambda: client.post(path, body, content_type="application/json", headers=headers)).status_code
    )


def test_a_delivery_shows_on_the_message(world: World, provider: MailProvider) -> None:
    mail = mailed(world, provider)
    assert tell(world, provider.notice("delivered", mail)) == 200
    (kept,) = messages(world)
    assert kept.state == State.DELIVERED
    assert kept.told_at is not None
    assert kept.error == ""


def test_a_bounce_says_why_and_asks_for_a_person(world: World, provider: MailProvider) -> None:
    mail = mailed(world, provider)
    why = {"delivery-status": {"message": "550 5.1.1 no such user"}, "severity": "permanent"}
    assert tell(world, provider.notice("failed", mail, **why)) == 200
    (kept,) = messages(world)
    assert kept.state == State.BOUNCED
    assert "no such user" in kept.error
    assert world.scoped(lambda: Message.objects.astray().count()) == 1


def test_a_temporary_failure_is_noted_and_moves_nothing(world: World, provider: MailProvider) -> None:
    mail = mailed(world, provider)
    tell(world, provider.notice("failed", mail, severity="temporary"))
    assert messages(world)[0].state == State.SENT
    assert world.scoped(lambda: Notice.objects.get().kind) == "delayed"


def test_a_complaint_after_the_delivery_stands(world: World, provider: MailProvider) -> None:
    mail = mailed(world, provider)
    tell(world, provider.notice("delivered", mail))
    tell(world, provider.notice("complained", mail))
    tell(world, provider.notice("delivered", mail))
    assert messages(world)[0].state == State.COMPLAINED


def test_the_same_notice_twice_is_kept_once(world: World, provider: MailProvider) -> None:
    notice = provider.notice("delivered", mailed(world, provider))
    assert [tell(world, notice), tell(world, notice)] == [200, 200]
    assert world.scoped(lambda: Notice.objects.count()) == 1


def test_a_wrong_signature_is_refused_and_nothing_is_believed(world: World, provider: MailProvider) -> None:
    mail = mailed(world, provider)
    assert tell(world, provider.notice("failed", mail, key="otra llave")) == 403
    assert messages(world)[0].state == State.SENT


def test_a_wrong_password_in_the_address_is_refused(world: World, provider: MailProvider) -> None:
    mail = mailed(world, provider)
    for wrong in ("", "amate:", "amate:adivinada", "otro:" + secret_of(world).split(":")[1]):
        assert tell(world, provider.notice("failed", mail), secret=wrong) == 403
    assert messages(world)[0].state == State.SENT


def test_without_the_signing_key_nothing_is_believed(world: World, provider: MailProvider) -> None:
    mail = mailed(world, provider)
    world.scoped(lambda: MailSettings.objects.update(sealed_signing=b""))
    assert tell(world, provider.notice("failed", mail)) == 403


def test_a_proved_notice_of_another_form_is_refused_as_such(world: World, provider: MailProvider) -> None:
    notice = provider.notice("delivered", mailed(world, provider))
    assert tell(world, {"signature": notice["signature"], "event-data": {}}) == 400
    assert tell(world, "no es JSON") == 403


def test_a_notice_of_another_companys_mail_moves_nothing(world: World, provider: MailProvider) -> None:
    """The other company proves itself with its own keys and names our message."""
    mail = mailed(world, provider)
    by_mailgun(world, shop=world.other)
    assert tell(world, provider.notice("failed", mail), shop=world.other) == 200
    assert messages(world)[0].state == State.SENT
    assert world.scoped(lambda: Notice.objects.count(), world.other) == 0
    assert tell(world, provider.notice("failed", mail), shop=world.other, secret=secret_of(world)) == 403


def test_a_notice_about_somebody_else_moves_nothing(world: World, provider: MailProvider) -> None:
    mail = mailed(world, provider)
    assert tell(world, provider.notice("failed", {**mail, "to": ["otra@example.com"]})) == 200
    assert messages(world)[0].state == State.SENT


def test_a_notice_that_overtakes_our_own_note_is_not_lost(world: World, provider: MailProvider) -> None:
    """The worker died between the provider's answer and the note of it: the notice proves that the mail left."""
    mail = mailed(world, provider)
    world.scoped(lambda: Message.objects.update(state=State.SENDING, sent_at=None, provider_id=""))
    tell(world, provider.notice("delivered", mail))
    (kept,) = messages(world)
    assert kept.state == State.DELIVERED
    assert kept.sent_at is not None
    from amate.messages.mail import record_sent

    world.scoped(lambda: record_sent(message_id=kept.pk, provider_id="tarde", now=world.now()))
    assert messages(world)[0].state == State.DELIVERED


def test_where_marks_do_not_come_back_the_providers_own_name_is_enough(world: World, provider: MailProvider) -> None:
    mail = mailed(world, provider)
    unmarked = {name: value for name, value in mail.items() if not name.startswith("v:")}
    tell(world, provider.notice("delivered", unmarked))
    assert messages(world)[0].state == State.DELIVERED


def test_a_company_without_a_provider_has_no_such_address(world: World) -> None:
    path = f"/avisos/{world.shop.slug}/correo/"
    client = Client()
    assert world.inside(lambda: client.post(path, "{}", content_type="application/json")).status_code == 404
    assert world.inside(lambda: client.post("/avisos/no-hay/correo/")).status_code == 404
    assert world.inside(lambda: client.get(path)).status_code == 405


def test_a_provider_that_does_not_sign_is_proved_by_its_address(world: World, provider: MailProvider) -> None:
    from amate.messages.set_mail import MailFacts

    mailed(world, provider)
    keep(world, MailFacts(way="postmark", sender="facturas@elamate.example", secret="token"))
    (kept,) = messages(world)
    bounce = {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "ID": 42,
        "MessageID": "theirs",
        "Email": FISICA["correo"],
        "BouncedAt": "2026-11-22T06:00:00Z",
        "Description": "The server was unable to deliver your message",
        "Metadata": {"amate": str(kept.pk)},
    }
    assert tell(world, bounce, secret="amate:otra") == 403
    assert tell(world, bounce) == 200
    assert messages(world)[0].state == State.BOUNCED
