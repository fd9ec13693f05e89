"""What became of each mail, on its document and on the first page; and the one way to mend it: send it elsewhere."""

from typing import Any

import pytest

from amate.access.models import Membership, Role
from amate.adapters.messages.notices import MailNotice, NoticeKind
from amate.audit.models import Entry
from amate.messages.models import Message
from amate.messages.take_notice import take_notice
from amate.promises.models import Promise
from tests.messages.ways import by_smtp, refusing_logins
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.web.portal.buyer import Buyer, words
from tests.world import World

TO = "ingrid@example.com"


def told(world: World, kind: NoticeKind, *, why: str = "550 no such user") -> None:
    """The provider tells it of the latest message."""

    def act() -> None:
        message = Message.objects.latest("id")
        notice = MailNotice(f"{kind}-{message.pk}", kind, str(message.pk), "", message.to, None, why)
        assert take_notice(notice=notice, now=world.now())

    world.scoped(act)


def post(office: Office, path: str, data: dict[str, Any] | None = None) -> Any:
    return office.world.inside(lambda: office.client.post(office.world.shop.office + path, data or {}))


def test_an_invoice_shows_how_its_mail_stands(world: World, office: Office) -> None:
    invoice = desk.stamped(world, correo=TO)
    assert '<span class="pill ok">Enviado</span>' in office.text(f"facturas/{invoice.pk}/")
    told(world, NoticeKind.DELIVERED)
    assert '<span class="pill ok">Entregado</span>' in office.text(f"facturas/{invoice.pk}/")
    told(world, NoticeKind.COMPLAINED)
    page = office.text(f"facturas/{invoice.pk}/")
    assert "Marcado como no deseado" in page
    assert "pregúntale a dónde lo quiere" in page


def test_a_note_shows_how_its_mail_stands(world: World, office: Office) -> None:
    ticket = world.sale()
    post(office, f"notas/{ticket.pk}/enviar/", {"correo": TO})
    assert "Por enviar" in office.text(f"notas/{ticket.pk}/")
    world.settle()
    told(world, NoticeKind.BOUNCED)
    page = office.text(f"notas/{ticket.pk}/")
    assert "Rebotó" in page
    assert "La dirección no existe o no recibe correo: envíalo a otra." in page


def test_a_dead_address_is_a_task_until_its_invoice_goes_elsewhere(world: World, office: Office) -> None:
    invoice = desk.stamped(world, correo=TO)
    told(world, NoticeKind.BOUNCED)
    home = office.text()
    assert f"Factura que no llegó a {TO}" in home
    assert f'href="{world.shop.office}facturas/{invoice.pk}/#correos"' in home
    member = Membership.objects.filter(company=world.shop.company)
    world.inside(lambda: member.update(role=Role.SUPPORT))
    assert "no llegó" not in office.text(), "who may not send it elsewhere"
    world.inside(lambda: member.update(role=Role.OWNER))
    assert post(office, f"facturas/{invoice.pk}/reenviar/", {"correo": "otra@example.com"}).status_code == 302
    assert "no llegó" not in office.text()
    world.settle()
    assert world.mail.mails[-1]["To"] == "otra@example.com"
    assert world.scoped(lambda: Entry.objects.get(act="invoice.resent").detail) == {"to": "otra@example.com"}


def test_an_address_refused_at_once_is_one_task_and_one_way_out(world: World, office: Office) -> None:
    world.mail.refuse.add(TO)
    invoice = desk.stamped(world, correo=TO)
    home = office.text()
    assert f"Factura que no llegó a {TO}" in home
    assert "te necesita" not in home, "its promise would tell it twice"
    post(office, f"facturas/{invoice.pk}/reenviar/", {"correo": "otra@example.com"})
    world.settle()
    assert world.scoped(lambda: Promise.objects.open().count()) == 0, "the refused one is not owed any more"
    assert "Todo en orden" in office.text() or "todo en orden" in office.text()


def test_a_note_that_bounced_is_mended_by_sending_it_elsewhere(world: World, office: Office) -> None:
    ticket = world.sale()
    post(office, f"notas/{ticket.pk}/enviar/", {"correo": TO})
    world.settle()
    told(world, NoticeKind.BOUNCED)
    assert f"Nota que no llegó a {TO}" in office.text()
    world.time_passes(minutes=2)
    post(office, f"notas/{ticket.pk}/enviar/", {"correo": "otra@example.com"})
    assert "no llegó" not in office.text()


def test_several_lead_to_their_list_and_can_be_let_be(world: World, office: Office) -> None:
    for _ in range(2):
        desk.stamped(world, correo=TO)
        told(world, NoticeKind.BOUNCED)
    assert "2 correos no llegaron" in office.text()
    page = office.text("correos/", ver="sin-llegar")
    assert page.count("Ya no hace falta") == 2
    first = world.scoped(lambda: Message.objects.earliest("id"))
    assert post(office, f"correos/{first.pk}/atendido/").status_code == 302
    assert office.text("correos/", ver="sin-llegar").count("Ya no hace falta") == 1
    assert world.scoped(lambda: Entry.objects.get(act="mail.let_be").about) == f"message:{first.pk}"
    assert office.text("correos/").count(TO) == 2


def test_only_who_may_resend_may_let_a_mail_be(world: World, office: Office) -> None:
    desk.stamped(world, correo=TO)
    told(world, NoticeKind.BOUNCED)
    message = world.scoped(lambda: Message.objects.get().pk)
    for role in Role:
        world.inside(lambda role=role: Membership.objects.filter(company=world.shop.company).update(role=role))
        may = role in (Role.OWNER, Role.ADMIN, Role.ACCOUNTANT, Role.CASHIER)
        assert post(office, f"correos/{message}/atendido/").status_code == (302 if may else 403)


def test_mail_that_cannot_leave_at_all_is_told_once(world: World, office: Office) -> None:
    with refusing_logins() as port:
        by_smtp(world, user="ana", secret="mala", port=port)
        for _ in range(2):
            desk.stamped(world, correo=TO)
    home = office.text()
    assert "Tus correos no salen" in home
    assert "2 correos esperan y saldrán solos" in home
    by_smtp(world)
    world.settle()
    assert len(world.mail.mails) == 2
    assert "Tus correos no salen" not in office.text()


def test_resending_is_limited(world: World, office: Office) -> None:
    invoice = desk.stamped(world)
    for n in range(20):
        assert post(office, f"facturas/{invoice.pk}/reenviar/", {"correo": f"a{n}@example.com"}).status_code == 302
    answer = post(office, f"facturas/{invoice.pk}/reenviar/", {"correo": "a@example.com"})
    assert answer.status_code == 422
    assert "Ya se envió muchas veces en esta hora" in answer.content.decode()


@pytest.mark.parametrize("kind", [NoticeKind.DELIVERED, NoticeKind.BOUNCED])
def test_the_portal_tells_the_buyer_and_sends_it_elsewhere(world: World, kind: NoticeKind) -> None:
    buyer, ticket = Buyer(world.shop), world.sale()
    buyer.gets_it(ticket, correo=TO)
    world.settle()
    told(world, kind)
    page = words(buyer.get("listo/"))
    if kind is NoticeKind.DELIVERED:
        assert "su servidor ya la recibió" in page
        return
    assert "no la recibió" in page
    buyer.post("enviar/", {"correo": "otra@example.com"})
    world.settle()
    assert world.mail.mails[-1]["To"] == "otra@example.com"
    assert world.scoped(lambda: Message.objects.astray().count()) == 0
    entry = world.scoped(lambda: Entry.objects.get(act="invoice.resent"))
    assert (entry.actor_kind, entry.detail) == ("visitor", {"to": "otra@example.com"})
