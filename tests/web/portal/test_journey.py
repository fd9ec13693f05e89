"""From the paper note to the two files."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from amate.invoices.models import Invoice, Origin
from amate.self_invoicing.models import Claim, Ticket, Visit
from amate.web.headers import CSP
from tests.invoices.life import cancel, minutes_pass
from tests.people import FISICA, MORAL
from tests.web.portal.buyer import Buyer, words
from tests.world import World


@pytest.fixture
def buyer(world: World) -> Buyer:
    return Buyer(world.shop)


def test_a_code_becomes_a_stamped_invoice_with_both_files_and_a_mail(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    assert buyer.opens(ticket).headers["Location"] == buyer.url("datos/")
    assert f"${ticket.total:,.2f}" in words(buyer.get("datos/"))
    assert buyer.gives().headers["Location"] == buyer.url("revisar/")
    review = words(buyer.get("revisar/"))
    assert "SURCO DISEÑO" in review
    assert "Emitir mi factura" in review
    assert buyer.emits().headers["Location"] == buyer.url("emitiendo/")
    assert "Estamos emitiendo tu factura" in words(buyer.get("emitiendo/"))
    world.settle()
    assert buyer.get("emitiendo/").headers["Location"] == buyer.url("listo/")
    done = words(buyer.get("listo/"))
    invoice = world.scoped(lambda: Invoice.objects.get())
    assert str(invoice.uuid).upper() in done
    assert invoice.origin == Origin.PORTAL
    assert "administracion@surco.example" in done
    assert "sin validez fiscal" in done
    pdf, xml = buyer.get("factura.pdf"), buyer.get("factura.xml")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf["Content-Disposition"] == f'attachment; filename="{invoice.rfc}-{invoice.number}.pdf"'
    assert str(invoice.uuid).upper() in xml.content.decode().upper()
    assert f'Total="{ticket.total}"' in xml.content.decode()
    assert [mail["To"] for mail in world.mail.mails] == ["administracion@surco.example"]


@pytest.mark.parametrize(
    ("forma_pago", "metodo_pago", "said"),
    [
        ("99", "PPD", ("99 · Por definir", "PPD · Pago en parcialidades o diferido")),
        ("01", "PUE", ("01 · Efectivo", "PUE · Pago en una sola exhibición")),
    ],
)
def test_the_review_and_the_invoice_say_how_it_was_paid_and_nothing_else(
    world: World, buyer: Buyer, forma_pago: str, metodo_pago: str, said: tuple[str, str]
) -> None:
    ticket = world.sale()
    paid = {"forma_pago": forma_pago, "metodo_pago": metodo_pago}
    world.scoped(lambda: Ticket.objects.filter(pk=ticket.pk).update(**paid))
    buyer.opens(ticket)
    buyer.gives()
    review = words(buyer.get("revisar/"))
    buyer.emits()
    world.settle()
    done = words(buyer.get("listo/"))
    for page in (review, done):
        for one in said:
            assert f"<dd>{one}</dd>" in page
        assert ("una sola exhibición" in page) is (metodo_pago == "PUE")


def test_the_qr_asks_for_nothing_it_carries_and_leaves_no_code_in_the_address(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    answer = buyer.scans(ticket)
    assert answer.status_code == 302
    assert answer.headers["Location"] == buyer.url("datos/")
    page = words(buyer.get("datos/"))
    assert 'name="codigo"' not in page
    assert 'name="total"' not in page


def test_the_visit_is_an_opaque_cookie_of_this_portal_only(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    buyer.opens(ticket)
    cookie = buyer.client.cookies["amate_visita"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", buyer.url())
    assert cookie["secure"] == ""
    assert ticket.code not in cookie.value
    assert world.scoped(lambda: Visit.objects.get()).token_digest != cookie.value


def test_the_cookie_is_secure_where_the_site_is(world: World, buyer: Buyer, settings: Any) -> None:
    settings.SECURE = True
    buyer.opens(world.sale())
    assert buyer.client.cookies["amate_visita"]["secure"]


def test_no_redirect_and_no_log_keeps_a_code(world: World, buyer: Buyer, caplog: pytest.LogCaptureFixture) -> None:
    ticket, unknown = world.sale(), "7K4M9QXW2TRP"
    paths = (f"{ticket.code}/{ticket.total_cents}", f"{ticket.code}/1", f"{unknown}/1", f"{ticket.code}/0")
    with caplog.at_level("DEBUG"):
        seen = [buyer.get(path).headers["Location"] for path in paths]
        seen.append(buyer.opens(ticket).headers["Location"])
        buyer.types(unknown, "1.00")
    for code in (ticket.code, unknown):
        assert not [target for target in seen if code in target]
        assert code not in caplog.text


def test_every_page_carries_the_headers_and_nothing_inline(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    pages = [buyer.get("")]
    buyer.opens(ticket)
    pages.append(buyer.get("datos/"))
    buyer.gives()
    pages.append(buyer.get("revisar/"))
    buyer.emits()
    pages.append(buyer.get("emitiendo/"))
    world.settle()
    pages += [buyer.get(path) for path in ("listo/", "privacidad/", "accesibilidad/", "ayuda/")]
    for answer in pages:
        assert answer.status_code == 200
        assert answer["Content-Security-Policy"] == CSP
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cache-Control"] == "no-store"
        assert " style=" not in answer.content.decode()
        assert "<script>" not in answer.content.decode()


def test_htmx_is_loaded_only_where_it_is_used(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    with_script = {}
    with_script["codigo"] = "htmx" in words(buyer.get(""))
    buyer.opens(ticket)
    with_script["datos"] = "htmx-2" in words(buyer.get("datos/"))
    buyer.gives()
    with_script["revisar"] = "htmx" in words(buyer.get("revisar/"))
    buyer.emits()
    with_script["emitiendo"] = "htmx-2" in words(buyer.get("emitiendo/"))
    world.settle()
    with_script["listo"] = "htmx" in words(buyer.get("listo/"))
    assert with_script == {"codigo": False, "datos": True, "revisar": False, "emitiendo": True, "listo": False}


def test_without_a_mail_the_download_is_reached_and_nobody_is_written_to(world: World, buyer: Buyer) -> None:
    buyer.gets_it(world.sale(), correo="")
    world.settle()
    assert "Descárgala ahora" in words(buyer.get("listo/"))
    assert buyer.get("factura.pdf").status_code == 200
    assert world.mail.mails == []


def test_the_invoice_goes_to_another_address_too(world: World, buyer: Buyer) -> None:
    buyer.gets_it(world.sale())
    world.settle()
    assert buyer.post("enviar/", {"correo": "contador@example.com"}).headers["Location"] == buyer.url(
        "listo/?enviada=1"
    )
    buyer.post("enviar/", {"correo": "contador@example.com"})  # clicked twice
    world.settle()
    assert [mail["To"] for mail in world.mail.mails] == ["administracion@surco.example", "contador@example.com"]
    assert "La estamos enviando" in words(buyer.get("listo/?enviada=1"))


def test_a_bad_address_to_send_to_is_said_at_its_field(world: World, buyer: Buyer) -> None:
    buyer.gets_it(world.sale())
    world.settle()
    answer = buyer.post("enviar/", {"correo": "contador"})
    assert answer.status_code == 422
    assert "Al correo le falta algo" in words(answer)
    assert 'value="contador"' in words(answer)


def test_the_portal_is_no_mail_cannon(world: World, buyer: Buyer) -> None:
    buyer.gets_it(world.sale(), correo="")
    world.settle()
    answers = [buyer.post("enviar/", {"correo": f"x{i}@example.com"}).status_code for i in range(7)]
    assert answers == [302] * 5 + [422] * 2
    world.settle()
    assert len(world.mail.mails) == 5


def test_another_purchase_starts_with_these_data_only_when_asked(world: World, buyer: Buyer) -> None:
    buyer.gets_it(world.sale(), **FISICA)
    world.settle()
    buyer.get("listo/")
    assert buyer.post("otra/").headers["Location"] == buyer.url("?aviso=otra")
    buyer.scans(world.sale())
    page = words(buyer.get("datos/"))
    assert FISICA["rfc"] in page
    assert "INGRID XODAR" in page
    buyer.scans(world.sale())
    assert FISICA["rfc"] in words(buyer.get("datos/"))
    buyer.gives(**FISICA)
    buyer.scans(world.sale())
    assert FISICA["rfc"] not in words(buyer.get("datos/"))


def test_what_was_typed_is_erased_once_it_is_issued(world: World, buyer: Buyer) -> None:
    buyer.gets_it(world.sale())
    world.settle()
    buyer.get("listo/")
    assert world.scoped(lambda: Visit.objects.get()).fiscal == {"correo": "administracion@surco.example"}


def test_one_browser_has_one_visit_and_the_same_code_shows_the_same_invoice(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    buyer.gets_it(ticket)
    assert buyer.opens(ticket).headers["Location"] == buyer.url("emitiendo/")
    world.settle()
    assert buyer.opens(ticket).headers["Location"] == buyer.url("listo/")
    assert buyer.scans(ticket).headers["Location"] == buyer.url("listo/")
    assert world.scoped(lambda: (Visit.objects.count(), Invoice.objects.count())) == (1, 1)


def test_every_step_leads_a_stranger_back_to_the_start(world: World, buyer: Buyer) -> None:
    steps = ("datos/", "revisar/", "emitiendo/", "listo/", "factura.pdf", "factura.xml", "descargar/", "aviso/")
    for path in steps:
        assert buyer.get(path).headers["Location"] == buyer.url("?aviso=visita")
    assert "Tu visita terminó" in words(buyer.get("?aviso=visita"))


def test_a_visit_ends_after_a_day(world: World, buyer: Buyer) -> None:
    buyer.opens(world.sale())
    world.time_passes(hours=24, seconds=1)
    assert buyer.get("datos/").headers["Location"] == buyer.url("?aviso=visita")


def test_a_visit_of_one_company_is_nothing_to_the_other(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    buyer.gets_it(ticket)
    world.settle()
    other = Buyer(world.other, client=buyer.client)
    other.client.cookies["amate_visita"]["path"] = "/"
    assert other.get("factura.pdf").headers["Location"] == other.url("?aviso=visita")
    assert other.opens(ticket).status_code == 422


def test_a_double_click_makes_one_invoice(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    buyer.opens(ticket)
    buyer.gives()
    targets = [urlsplit(buyer.emits().headers["Location"]).path for _ in range(3)]
    assert targets == [buyer.url("emitiendo/")] * 3
    assert world.scoped(lambda: (Invoice.objects.count(), Claim.objects.count())) == (1, 1)
    world.settle()
    assert buyer.emits().headers["Location"] == buyer.url("listo/")


def test_two_tabs_never_issue_what_the_reader_did_not_see(world: World, buyer: Buyer) -> None:
    buyer.opens(world.sale())
    buyer.gives()
    before = words(buyer.get("revisar/")).split('name="revision" value="')[1].split('"')[0]
    buyer.gives(**FISICA)
    answer = buyer.post("revisar/", {"revision": before})
    assert answer.status_code == 409
    assert "otra pestaña" in words(answer)
    assert FISICA["rfc"] in words(answer)
    assert world.scoped(lambda: Invoice.objects.count()) == 0


def test_a_tab_of_one_note_never_invoices_the_note_of_another_tab(world: World, buyer: Buyer) -> None:
    """The two cost the same and are for the same person: nothing but the note tells them apart."""
    first, second = world.sale(), world.sale()
    world.scoped(lambda: Ticket.objects.filter(pk=second.pk).update(total=first.total, total_cents=first.total_cents))
    buyer.opens(first)
    buyer.gives()
    before = hidden(buyer.get("revisar/"), "revision")
    buyer.scans(world.scoped(lambda: Ticket.objects.get(pk=second.pk)))
    buyer.gives()
    answer = buyer.post("revisar/", {"revision": before})
    assert answer.status_code == 409
    assert second.folio in words(answer)
    assert world.scoped(lambda: Invoice.objects.count()) == 0


def test_data_typed_for_one_note_are_not_taken_for_another_without_a_word(world: World, buyer: Buyer) -> None:
    first, second = world.sale(), world.sale()
    buyer.opens(first)
    before = hidden(buyer.get("datos/"), "nota")
    buyer.opens(second)
    answer = buyer.gives(nota=before)
    assert answer.status_code == 409
    assert f"otra pestaña: aquí sigue la {second.folio}" in words(answer)
    assert f'value="{MORAL["nombre"]}"' in words(answer), "what was typed stays"
    assert buyer.gives(nota=hidden(answer, "nota")).headers["Location"] == buyer.url("revisar/")


def test_whose_invoice_the_shop_cancelled_is_told_so_and_may_have_another(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    buyer.gets_it(ticket)
    world.settle()
    cancel(world, world.scoped(lambda: Invoice.objects.get()))
    world.settle()
    minutes_pass(world)
    assert buyer.get("listo/").headers["Location"] == buyer.url("datos/")
    assert "La tienda canceló tu factura AF-1" in words(buyer.get("datos/"))
    assert buyer.gives().headers["Location"] == buyer.url("revisar/")
    assert "canceló" not in words(buyer.get("datos/")), "once, and then it is a new invoice"


def hidden(answer: Any, name: str) -> str:
    return words(answer).split(f'name="{name}" value="')[1].split('"')[0]


def test_the_page_says_of_the_mail_only_what_is_known(world: World, buyer: Buyer) -> None:
    world.mail.busy = True
    buyer.gets_it(world.sale())
    world.settle()
    assert "La estamos enviando a" in words(buyer.get("listo/"))
    world.mail.busy = False
    world.time_passes(minutes=1)
    world.settle()
    assert "La enviamos a" in words(buyer.get("listo/"))


def test_an_address_that_bounced_is_told_with_a_way_out(world: World, buyer: Buyer) -> None:
    world.mail.refuse.add("nadie@example.com")
    buyer.gets_it(world.sale(), correo="nadie@example.com")
    world.settle()
    page = words(buyer.get("listo/"))
    assert "no la recibió" in page
    assert "Enviarla a otro correo" in page
