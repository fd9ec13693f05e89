"""Mail by a provider's API: what leaves, and what each of its refusals means."""

import threading
from email.header import decode_header, make_header
from typing import Any

import pytest

from amate.adapters.messages import BadAddress, Cause, MailAccount, MessengerUnavailable, Outgoing
from amate.adapters.messages.by_provider import ByProvider
from amate.adapters.messages.providers import PROVIDERS
from amate.messages.models import Message
from amate.promises.models import Promise
from tests.mail_provider import KEY, MailProvider
from tests.messages.ways import SENDER, by_mailgun, by_smtp, messages
from tests.people import FISICA
from tests.world import World

State = Message.State
INACTIVE = (
    "You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses: "
    "ingrid@example.com. Inactive recipients are ones that have generated a hard bounce."
)
MAIL = Outgoing(
    message_id="<1.2@elamate.example>",
    sender=SENDER,
    sender_name="Cafetería El Amate",
    reply_to="hola@elamate.example",
    to="ingrid@example.com",
    subject="Asunto con ñ",
    text="texto",
    html="<p>texto</p>",
    mark="7",
)


def test_the_invoice_leaves_by_the_companys_provider(world: World, provider: MailProvider) -> None:
    invoice = world.claim(world.sale())
    world.settle()
    (mail,) = provider.mails
    assert world.mail.mails == [], "nothing goes by the installation's server"
    assert str(make_header(decode_header(mail["from"][0]))) == f"Cafetería El Amate <{SENDER}>"
    assert mail["to"] == [FISICA["correo"]]
    assert mail["h:Reply-To"] == ["hola@elamate.example"]
    assert {"XOJI740919U48-AF-1.xml", "XOJI740919U48-AF-1.pdf"} <= set(mail["files"])
    (kept,) = messages(world)
    assert (kept.state, kept.provider_id) == (State.SENT, mail["id"])
    assert mail["v:amate"] == [str(kept.pk)]
    assert mail["h:Message-Id"][0].endswith("@elamate.example>")
    assert world.invoice(invoice).state == "stamped"


def test_the_other_company_keeps_its_own_way(world: World, provider: MailProvider) -> None:
    world.claim(world.sale(world.other), FISICA, world.other)
    world.settle()
    assert provider.mails == []
    assert [mail["To"] for mail in world.mail.mails] == [FISICA["correo"]]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_sick_provider_is_tried_again_when_it_says_so(world: World, provider: MailProvider, status: int) -> None:
    provider.sick = status
    world.claim(world.sale())
    world.settle()
    (kept,) = messages(world)
    assert (kept.state, kept.cause) == (State.WAITING, Cause.BUSY)
    owed = world.scoped(lambda: Promise.objects.open().get())
    assert (owed.next_try_at - world.now()).total_seconds() > 100, "its Retry-After is 120 seconds"
    assert owed.alarm == ""
    provider.sick = 0
    world.time_passes(minutes=3)
    world.settle()
    assert messages(world)[0].state == State.SENT
    assert len(provider.mails) == 1


def test_a_refused_address_waits_for_a_person(world: World, provider: MailProvider) -> None:
    provider.refuse.add(FISICA["correo"])
    world.claim(world.sale())
    world.settle()
    (kept,) = messages(world)
    assert (kept.state, kept.cause) == (State.REFUSED, Cause.ADDRESS)
    assert "not a valid address" in kept.error
    assert world.scoped(lambda: Promise.objects.given_up().count()) == 1


def test_a_wrong_key_waits_for_new_settings_and_then_goes_by_itself(world: World, provider: MailProvider) -> None:
    by_mailgun(world, secret="otra")
    world.claim(world.sale())
    world.settle()
    (kept,) = messages(world)
    assert (kept.state, kept.cause) == (State.WAITING, Cause.LOGIN)
    assert world.scoped(lambda: Promise.objects.for_a_person().get().alarm) == "mail"
    by_mailgun(world)
    world.settle()
    assert messages(world)[0].state == State.SENT
    assert KEY not in kept.error


def test_an_unknown_domain_is_told_as_a_sender_that_may_not(world: World, provider: MailProvider) -> None:
    by_mailgun(world, sender="facturas@ajena.example")
    world.claim(world.sale())
    world.settle()
    assert messages(world)[0].cause == Cause.SENDER


async def test_a_provider_that_does_not_answer_holds_no_more_than_its_seconds(provider: MailProvider) -> None:
    provider.deaf = 1.5
    slow = ByProvider(MailAccount("mailgun", secret=KEY), api_url=provider.url, seconds=0.3)
    with pytest.raises(MessengerUnavailable) as late:
        await slow.send(MAIL)
    assert late.value.cause == Cause.SILENT


async def test_nobody_at_the_address_is_told_as_such() -> None:
    nobody = ByProvider(MailAccount("mailgun", secret=KEY), api_url="http://127.0.0.1:9/v3", seconds=1)
    with pytest.raises(MessengerUnavailable) as away:
        await nobody.send(MAIL)
    assert away.value.cause == Cause.SERVER
    assert KEY not in str(away.value)


@pytest.mark.parametrize(
    ("code", "status", "body", "cause"),
    [
        ("postmark", 422, {"ErrorCode": 406, "Message": INACTIVE}, None),
        ("postmark", 422, {"ErrorCode": 400, "Message": "The 'From' address is not a Sender Signature"}, Cause.SENDER),
        ("postmark", 401, {"ErrorCode": 10, "Message": "Bad or missing token"}, Cause.LOGIN),
        ("resend", 403, {"message": "The elamate.example domain is not verified"}, Cause.SENDER),
        ("resend", 422, {"message": "Invalid `to` field"}, None),
        ("brevo", 401, {"message": "Key not found"}, Cause.LOGIN),
        ("mailersend", 422, {"message": "The to.0.email must be a valid email address."}, Cause.REFUSED),
        ("sparkpost", 420, {"errors": [{"message": "Exceed Sending Limit"}]}, Cause.REFUSED),
        ("mailjet", 500, {"ErrorMessage": "Internal"}, Cause.BUSY),
        ("mailtrap", 429, {"errors": ["too many"]}, Cause.BUSY),
    ],
)
async def test_each_provider_says_no_in_its_own_way(code: str, status: int, body: Any, cause: Cause | None) -> None:
    """`cause` None: it is this recipient that it does not take."""
    with _answering(status, body) as url:
        account = MailAccount(code, user="a", secret="b")
        with pytest.raises(BadAddress if cause is None else MessengerUnavailable) as refused:
            await ByProvider(account, api_url=url, seconds=2).send(MAIL)
    if cause is not None:
        assert refused.value.cause == cause  # type: ignore[union-attr]


def test_every_provider_has_its_classes_and_its_settings() -> None:
    from importlib import import_module

    for one in PROVIDERS.values():
        made = ByProvider(MailAccount(one.code, user="a", secret="b"))._backend()
        assert getattr(made, one.key) == "b"
        assert made.timeout == 20
        assert hasattr(import_module(f"anymail.webhooks.{one.code}"), f"{one.name}TrackingWebhookView")


def test_a_company_sends_by_its_own_smtp_server(world: World) -> None:
    by_smtp(world, reply_to="respuestas@elamate.example")
    world.claim(world.sale())
    world.settle()
    (mail,) = world.mail.mails
    assert mail["From"] == f"Cafetería El Amate <{SENDER}>"
    assert mail["Reply-To"] == "respuestas@elamate.example"


def _answering(status: int, body: Any) -> Any:
    """A server that answers everything with this."""
    from contextlib import contextmanager

    import uvicorn
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    from tests.servers import _running, free_port

    @contextmanager
    def serve() -> Any:
        async def say(request: Any) -> JSONResponse:
            return JSONResponse(body, status)

        port = free_port()
        app = Starlette(routes=[Route("/{rest:path}", say, methods=["POST"])])
        with _running(uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", lifespan="off"))):
            yield f"http://127.0.0.1:{port}/"

    return serve()


def test_mails_go_out_in_threads_of_their_own() -> None:
    """The pool of the database's steps must not wait for a mail provider."""
    from amate.adapters.messages.by_provider import _threads

    assert _threads.submit(threading.current_thread).result().name.startswith("mail")
