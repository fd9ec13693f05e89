"""The invoice reaches its buyer by mail: once, whole, and visible when it cannot."""

from typing import Any

from amate.invoices.models import Stamp
from amate.messages.models import Message
from amate.promises.lease import retry_now
from amate.promises.models import Promise
from tests.people import FISICA


def message(world: Any) -> Message:
    return world.scoped(lambda: Message.objects.get())


def test_it_carries_xml_and_pdf_under_a_plain_subject(world: Any) -> None:
    invoice = world.claim(world.sale())
    world.settle()
    (mail,) = world.mail.mails
    stamp = world.scoped(lambda: Stamp.objects.get())
    assert mail["To"] == FISICA["correo"]
    assert mail["Subject"] == "Tu factura de Cafetería El Amate está lista"
    assert mail["Reply-To"] == "hola@elamate.example"
    files = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    assert files["XOJI740919U48-AF-1.xml"] == bytes(stamp.xml)
    assert files["XOJI740919U48-AF-1.pdf"].startswith(b"%PDF")
    text = mail.get_body(("plain",)).get_content()
    assert str(stamp.uuid).upper() in text, "as on the printed form"
    assert "MUESTRA SIN VALIDEZ FISCAL" in text
    assert "MUESTRA SIN VALIDEZ FISCAL" in mail.get_body(("html",)).get_content()
    assert f"{world.invoice(invoice).total:,.2f}" in text
    assert "33 1234 5678" in text
    assert "https://facturas.example/f/cafeteria-el-amate/" in text
    assert mail.get_body(("html",)) is not None
    assert message(world).state == Message.State.SENT


def test_without_a_mail_nothing_is_sent_and_the_invoice_stands(world: Any) -> None:
    invoice = world.claim(world.sale(), {**FISICA, "correo": ""})
    world.settle()
    assert world.invoice(invoice).state == "stamped"
    assert world.mail.mails == []
    assert world.scoped(lambda: Message.objects.count()) == 0


def test_a_busy_mail_server_is_tried_again(world: Any) -> None:
    world.mail.busy = True
    world.claim(world.sale())
    world.settle()
    assert message(world).state == Message.State.WAITING
    world.mail.busy = False
    world.time_passes(minutes=1)
    world.settle()
    assert message(world).state == Message.State.SENT
    assert len(world.mail.mails) == 1


def test_a_refused_address_waits_for_a_person(world: Any) -> None:
    world.mail.refuse.add(FISICA["correo"])
    world.claim(world.sale())
    world.settle()
    found = message(world)
    assert found.state == Message.State.REFUSED
    assert "no such person" in found.error
    (promise,) = world.scoped(lambda: list(Promise.objects.given_up()))
    assert FISICA["correo"] in promise.last_error


def test_a_refused_mail_leaves_when_a_person_tries_again(world: Any) -> None:
    """A mail server that was set up wrongly refuses everybody; mended, the retry must really send."""
    world.mail.refuse.add(FISICA["correo"])
    world.claim(world.sale())
    world.settle()
    world.mail.refuse.clear()
    (promise,) = world.scoped(lambda: list(Promise.objects.given_up()))
    world.scoped(lambda: retry_now(promise_id=promise.pk, now=world.now()))
    world.settle()
    assert len(world.mail.mails) == 1
    assert message(world).state == Message.State.SENT


def test_two_mails_of_two_companies_come_from_their_own_shop(world: Any) -> None:
    world.claim(world.sale(), FISICA)
    world.claim(world.sale(world.other), FISICA, world.other)
    world.settle()
    assert {mail["Subject"] for mail in world.mail.mails} == {
        "Tu factura de Cafetería El Amate está lista",
        "Tu factura de Papelería Mariana está lista",
    }
