"""The link in the mail of an invoice opens its files without an account, until it expires or is taken back."""

import re
from typing import Any

import pytest
from django.test import Client

from amate.access.models import Membership, Role
from amate.audit.models import Entry
from amate.invoices.links import LIFE
from amate.invoices.models import CancellationPaper, DownloadLink, Invoice, Stamp, State
from amate.invoices.models.invoice import CancelledHow
from amate.messages.models import Message
from amate.promises.models import Promise
from amate.web.sends import PORTAL
from tests.invoices.life import minutes_pass
from tests.people import MORAL
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.web.portal.buyer import Buyer, words
from tests.world import World

TO = "ingrid@example.com"


def mailed(world: World) -> str:
    """The address that the newest mail carries, below the portal."""
    texts = [part.get_content() for part in world.mail.mails[-1].walk() if part.get_content_type() == "text/plain"]
    found = re.search(r"https?://\S+?(/f/\S+/d/\S+/)", str(texts[0]))
    assert found, texts
    assert found[0] in str(world.mail.mails[-1].get_body(("html",)).get_content())
    return found[1]


def get(world: World, path: str, client: Client | None = None) -> Any:
    return world.inside(lambda: (client or Client()).get(path))


def test_the_mail_carries_a_link_that_opens_both_files(world: World) -> None:
    invoice = desk.stamped(world, correo=TO)
    stamp = world.scoped(lambda: Stamp.objects.get())
    path = mailed(world)
    page = get(world, path)
    assert page.status_code == 200
    assert f"Tu factura {invoice.number}" in words(page)
    assert str(invoice.uuid).upper() in words(page)
    assert "sin validez fiscal" in words(page)
    for _ in range(2):  # a scanner that looks first takes nothing away
        assert get(world, path + "factura.xml").content == bytes(stamp.xml)
        assert get(world, path + "factura.pdf")["Content-Type"] == "application/pdf"


def test_who_has_the_link_corrects_what_is_wrong_without_code_or_rfc(world: World) -> None:
    invoice = desk.stamped(world, correo=TO)
    path, buyer = mailed(world), Buyer(world.shop)
    assert "¿Algún dato está mal?" in words(get(world, path, buyer.client))
    assert get(world, path + "corregir/").status_code == 405, "a scanner that looks begins nothing"
    led = world.inside(lambda: buyer.client.post(path + "corregir/"))
    assert led.headers["Location"] == buyer.url("corregir/")
    page = buyer.get("corregir/")
    assert invoice.rfc in page.content.decode()
    buyer.post("corregir/", {**MORAL, "correo": TO})
    assert buyer.post("corregir/revisar/").headers["Location"] == buyer.url("emitiendo/")
    world.settle()
    minutes_pass(world)
    assert world.invoice(invoice).state == State.CANCELLED
    # The old link is of a cancelled one now: it opens no other's data.
    stranger = Buyer(world.shop)
    assert "¿Algún dato está mal?" not in words(get(world, path, stranger.client))
    assert world.inside(lambda: stranger.client.post(path + "corregir/")).headers["Location"] == path
    assert world.inside(lambda: stranger.client.post(path[:-2] + "x/corregir/")).status_code == 404


def test_of_a_cancelled_one_it_gives_the_acuse_too(world: World) -> None:
    invoice = desk.stamped(world, correo=TO)
    path = mailed(world)
    assert "acuse" not in words(get(world, path))
    assert get(world, path + "acuse.xml").headers["Location"] == path, "there is none to give"
    office, away = Office(world), f"{world.shop.office}facturas/{invoice.pk}/cancelar/"
    world.inside(lambda: office.client.post(away, {"motivo": "02", "razon": "se repitió"}))
    world.settle()
    minutes_pass(world)
    assert world.invoice(invoice).state == State.CANCELLED
    (acuse,) = world.scoped(lambda: list(CancellationPaper.objects.filter(kind=CancellationPaper.Kind.ACUSE)))
    assert "Descargar acuse de cancelación" in words(get(world, path))
    file = get(world, path + "acuse.xml")
    assert (file.content, file["Content-Type"]) == (bytes(acuse.xml), "application/xml")
    assert str(invoice.uuid).upper() in file.content.decode().upper()
    assert f"{invoice.number}-acuse.xml" in file["Content-Disposition"]
    assert get(world, path[:-2] + "x/acuse.xml").status_code == 404


def test_what_we_keep_of_the_mail_does_not_open_it(world: World) -> None:
    desk.stamped(world, correo=TO)
    token = mailed(world).rstrip("/").rpartition("/")[2]
    kept = world.scoped(lambda: Message.objects.get())
    assert token not in kept.text + kept.html
    assert "/d/…/" in kept.text
    link = world.scoped(lambda: DownloadLink.objects.get())
    assert token not in (link.seed, link.token_digest)


def test_an_expired_link_mails_another_to_the_same_address_and_to_no_other(world: World) -> None:
    desk.stamped(world, correo=TO)
    path = mailed(world)
    world.time_passes(days=LIFE.days, minutes=1)
    client = Client()
    page = get(world, path, client)
    assert page.status_code == 410
    assert "Este enlace ya venció" in words(page)
    assert TO not in words(page)
    assert "i•••@example.com" in words(page)
    assert get(world, path + "factura.pdf", client).status_code == 410
    sent = world.inside(lambda: client.post(path, {"correo": "otro@example.com"}))
    assert "Te enviamos otro enlace" in words(sent)
    world.settle()
    assert world.mail.mails[-1]["To"] == TO
    assert mailed(world) != path
    assert get(world, mailed(world)).status_code == 200


def test_another_is_mailed_only_so_often(world: World) -> None:
    desk.stamped(world, correo=TO)
    path = mailed(world)
    world.time_passes(days=LIFE.days, minutes=1)
    world.time_passes(seconds=PORTAL.seconds - world.now().timestamp() % PORTAL.seconds)  # all six in one hour
    for _ in range(5):
        assert "Te enviamos" in words(world.inside(lambda: Client().post(path)))
        world.time_passes(minutes=1)
    assert "Ya la enviamos varias veces" in words(world.inside(lambda: Client().post(path)))


def test_staff_take_the_links_back_and_the_next_mail_carries_another(world: World) -> None:
    invoice = desk.stamped(world, correo=TO)
    path, office = mailed(world), Office(world)
    assert "Retirar el enlace" in office.text(f"facturas/{invoice.pk}/")
    away = f"{world.shop.office}facturas/{invoice.pk}/retirar-enlaces/"
    member = Membership.objects.filter(company=world.shop.company)
    world.inside(lambda: member.update(role=Role.SUPPORT))
    assert world.inside(lambda: office.client.post(away)).status_code == 403
    world.inside(lambda: member.update(role=Role.CASHIER))
    assert world.inside(lambda: office.client.post(away)).status_code == 302
    assert world.scoped(lambda: Entry.objects.get(act="invoice.links_revoked").detail) == {"count": 1}
    for rest in ("", "factura.pdf", "factura.xml"):
        page = get(world, path + rest)
        assert page.status_code == 404
        assert "Este enlace ya no sirve" in words(page)
        assert TO not in words(page)
    assert world.inside(lambda: Client().post(path)).status_code == 404
    assert world.scoped(lambda: Promise.objects.open().count()) == 0, "what was taken back mails nothing"
    assert "Retirar el enlace" not in office.text(f"facturas/{invoice.pk}/")
    world.inside(lambda: office.client.post(f"{world.shop.office}facturas/{invoice.pk}/reenviar/", {"correo": TO}))
    world.settle()
    assert get(world, mailed(world)).status_code == 200


def test_an_expired_link_that_was_taken_back_mails_nothing(world: World) -> None:
    invoice = desk.stamped(world, correo=TO)
    path = mailed(world)
    world.time_passes(days=LIFE.days + 1)
    office = Office(world)
    assert "Retirar" in office.text(f"facturas/{invoice.pk}/"), "it still mails another to whom it was mailed"
    away = f"{world.shop.office}facturas/{invoice.pk}/retirar-enlaces/"
    world.inside(lambda: office.client.post(away))
    before = len(world.mail.mails)
    assert world.inside(lambda: Client().post(path)).status_code == 404
    world.settle()
    assert len(world.mail.mails) == before


def test_the_page_of_a_cancelled_invoice_says_so(world: World) -> None:
    invoice = desk.stamped(world, correo=TO)
    path = mailed(world)
    facts = {"state": State.CANCELLED, "cancelled_at": world.now(), "cancelled_how": CancelledHow.WITHOUT_ACCEPTANCE}
    world.scoped(lambda: Invoice.objects.filter(pk=invoice.pk).update(**facts))
    assert "cancelada ante el SAT" in words(get(world, path))
    world.time_passes(days=LIFE.days + 1)
    assert world.inside(lambda: Client().post(path)).status_code == 404, "what is cancelled is not mailed again"


def test_a_link_opens_nothing_in_the_portal_of_another_company(world: World) -> None:
    desk.stamped(world, correo=TO)
    path = mailed(world).replace(world.shop.portal, world.other.portal)
    assert get(world, path).status_code == 404


def test_who_guesses_links_waits_as_who_guesses_codes(world: World) -> None:
    desk.stamped(world, correo=TO)
    good, client = mailed(world), Client()
    for n in range(10):
        assert get(world, f"{world.shop.portal}d/{'x' * 40}{n}/", client).status_code == 404
    assert get(world, f"{world.shop.portal}d/{'y' * 40}/", client).status_code == 429
    assert get(world, good, client).status_code == 200, "a network that missed too often shuts nobody out who knows"


def test_a_mail_tried_again_carries_the_same_link(world: World) -> None:
    world.mail.refuse.add(TO)
    invoice = desk.stamped(world, correo=TO)
    before = world.scoped(lambda: list(DownloadLink.objects.values_list("seed", flat=True)))
    world.mail.refuse.clear()
    world.scoped(lambda: Promise.objects.filter(kind="deliver").update(next_try_at=world.now()))
    world.settle()
    assert world.scoped(lambda: list(DownloadLink.objects.values_list("seed", flat=True))) == before
    assert len(before) == 1
    assert desk.again(world, invoice).state == "stamped"


# ------------------------------------------------------------ the folio of a request


def test_who_waits_is_given_a_short_folio_that_staff_find(world: World) -> None:
    ticket, buyer = world.sale(), Buyer(world.shop)
    world.inside(lambda: buyer.gets_it(ticket))
    page = words(world.inside(lambda: buyer.get("emitiendo/")))
    found = re.search(r"SOL-[0-9A-Z]{4,}", page)
    assert found
    office = Office(world)
    invoice_id = office.get("facturas/", q=found[0].lower().replace("-", " ")).context["rows"][0].id
    answer = office.get("buscar/", q=found[0])
    assert answer["Location"] == f"{world.shop.office}facturas/{invoice_id}/"
    assert found[0] in office.text(f"facturas/{invoice_id}/")


@pytest.mark.parametrize("typed", ["SOL-0021", "SOL-", "SOL-ZZZZZZZZZZZZZ", "SOL-00I"])
def test_what_is_no_folio_of_ours_finds_nothing(world: World, typed: str) -> None:
    desk.stamped(world)
    office = Office(world)
    assert office.get("facturas/", q=typed).context["rows"] == []
    assert office.get("buscar/", q=typed).status_code == 200
