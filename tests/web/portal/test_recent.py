"""Mi compra es reciente (V6): the buyer is faster than his sale."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from amate.companies.models import PortalPolicy
from amate.invoices.models import Invoice, Origin, RefusedBy, State
from amate.self_invoicing.claim_awaited import claim_awaited, look_after_awaited
from amate.self_invoicing.models import AwaitedSale, Claim, Ticket
from amate.self_invoicing.register import register_ticket
from amate.self_invoicing.register_many import Bulk
from amate.self_invoicing.reserve import reserve_codes
from amate.self_invoicing.sale import Sale
from tests.people import FISICA, MORAL
from tests.self_invoicing.test_register import a_sale
from tests.web.portal.buyer import Buyer, words
from tests.web.portal.test_refusals import refuse
from tests.world import World

Outcome = AwaitedSale.Outcome


@pytest.fixture
def buyer(world: World) -> Buyer:
    return Buyer(world.shop)


def reserved(world: World) -> str:
    return world.scoped(lambda: reserve_codes(source="caja-1", count=1, now=world.now())[1][0])


def waits(buyer: Buyer, code: str, total: Any, **who: str) -> Any:
    """The whole way, from the code that is not here to the page that says it is kept."""
    answer = buyer.types(code, total)
    assert answer.status_code == 422
    assert "Mi compra es reciente" in words(answer)
    assert "Tu compra aún no llega" in words(buyer.get("reciente/"))
    review = buyer.post("reciente/", {**MORAL, **who})
    assert "Guardar mi solicitud" in words(review)
    return buyer.post("reciente/", {**MORAL, **who, "paso": "guardar"})


def arrives(world: World, sale: Sale) -> Ticket:
    found = world.scoped(lambda: register_ticket(sale=sale, branch=world.shop.branch, now=world.now())[0])
    world.settle()
    return found


def look(world: World) -> None:
    world.scoped(lambda: look_after_awaited(now=world.now()))
    world.settle()


def wishes(world: World) -> list[str]:
    return world.scoped(lambda: list(AwaitedSale.objects.order_by("pk").values_list("outcome", flat=True)))


def mails(world: World) -> list[tuple[str, str]]:
    return [(mail["To"], mail["Subject"]) for mail in world.mail.mails]


def last_words(world: World) -> str:
    return str(world.mail.mails[-1].get_body(("plain",)).get_content())


def test_the_sale_that_comes_later_is_invoiced_by_itself_and_mailed(world: World, buyer: Buyer) -> None:
    code = reserved(world)
    sale = a_sale(world, code=code)
    kept = waits(buyer, code.lower(), sale.total)
    assert kept.headers["Location"] == buyer.url("reciente/guardada/")
    assert "en las siguientes 72 horas" in words(buyer.get("reciente/guardada/"))
    assert buyer.get("reciente/").headers["Location"] == buyer.url("?aviso=reciente"), "the cookie is gone"
    assert world.scoped(Invoice.objects.count) == 0
    world.time_passes(hours=5)
    arrives(world, sale)
    invoice = world.scoped(lambda: Invoice.objects.get())
    assert (invoice.state, invoice.rfc, invoice.nombre) == (State.STAMPED, MORAL["rfc"], "SURCO DISEÑO")
    assert (invoice.origin, invoice.total) == (Origin.PORTAL, sale.total)
    assert [to for to, _ in mails(world)] == [MORAL["correo"]]
    wish = world.scoped(lambda: AwaitedSale.objects.get())
    assert (wish.outcome, wish.receptor, wish.correo, wish.invoice_id) == (Outcome.CLAIMED, {}, "", invoice.pk)
    arrives(world, sale)  # the till sends it again
    look(world)
    assert len(world.mail.mails) == 1
    assert world.scoped(lambda: Claim.objects.live().count()) == 1


def test_a_file_of_sales_settles_what_was_awaited(world: World, buyer: Buyer) -> None:
    code = reserved(world)
    sale = a_sale(world, code=code)
    waits(buyer, code, sale.total)
    world.scoped(lambda: Bulk(source=sale.source, now=world.now()).register([(sale, world.shop.branch)]))
    world.settle()
    assert wishes(world) == [Outcome.CLAIMED]


def test_nobody_learns_whether_the_code_exists(world: World, buyer: Buyer) -> None:
    """Neither from the pages nor, before the wait is over, from a mail."""
    ticket, unknown = world.sale(), reserved(world)
    pages = []
    for code in (ticket.code, unknown):
        waits(buyer, code, "7.00")
        pages.append(words(buyer.get("reciente/guardada/")))
    assert pages[0] == pages[1]
    world.settle()
    look(world)
    assert (wishes(world), mails(world)) == ([Outcome.WAITING] * 2, [])
    world.time_passes(hours=73)
    look(world)
    assert wishes(world) == [Outcome.LAPSED] * 2
    assert [to for to, _ in mails(world)] == [MORAL["correo"]] * 2
    first, second = (str(mail.get_body(("plain",)).get_content()) for mail in world.mail.mails)
    assert "No llegó ninguna venta con ese código y ese total" in first
    assert len(first) == len(second)
    assert world.scoped(lambda: set(AwaitedSale.objects.values_list("correo", flat=True))) == {""}
    look(world)
    assert len(world.mail.mails) == 2


def test_another_total_or_another_buyer_is_told(world: World, buyer: Buyer) -> None:
    code = reserved(world)
    sale = a_sale(world, code=code)
    for who in (FISICA, MORAL, {**MORAL, "correo": "otra@surco.example"}):
        waits(buyer, code, sale.total if who is not FISICA else "1.00", **who)
    world.time_passes(minutes=1)
    arrives(world, sale)
    assert wishes(world) == [Outcome.DIFFERS, Outcome.CLAIMED, Outcome.TAKEN]
    told = {mail["To"]: str(mail.get_body(("plain",)).get_content()) for mail in world.mail.mails}
    assert "su total no es el que escribiste" in told[FISICA["correo"]]
    assert "ya se había pedido" in told["otra@surco.example"]
    for text in (told[FISICA["correo"]], told["otra@surco.example"]):
        assert MORAL["rfc"] not in text
        assert MORAL["correo"] not in text
    assert world.scoped(lambda: Invoice.objects.get().rfc) == MORAL["rfc"]


def test_a_mail_asks_once_for_a_code_and_may_correct_itself(world: World, buyer: Buyer) -> None:
    code = reserved(world)
    sale = a_sale(world, code=code)
    waits(buyer, code, "1.00")
    waits(buyer, code, sale.total, correo=MORAL["correo"].upper())
    assert wishes(world) == [Outcome.WAITING]
    arrives(world, sale)
    assert wishes(world) == [Outcome.CLAIMED]


def test_a_sale_that_came_while_he_typed_is_claimed_all_the_same(world: World, buyer: Buyer) -> None:
    code = reserved(world)
    sale = a_sale(world, code=code)
    buyer.types(code, sale.total)
    arrives(world, sale)
    buyer.post("reciente/", {**MORAL, "paso": "guardar"})
    world.settle()
    assert wishes(world) == [Outcome.CLAIMED]


def test_one_that_crossed_its_sale_is_found_by_the_beat_even_at_the_end_of_the_wait(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    waits(buyer, reserved(world), ticket.total)
    world.scoped(lambda: AwaitedSale.objects.update(code=ticket.code))
    world.time_passes(hours=80)
    look(world)
    assert wishes(world) == [Outcome.CLAIMED]


def voided(world: World) -> None:
    world.scoped(lambda: PortalPolicy.objects.update(enabled=False))


def not_offered(world: World) -> None:
    world.scoped(lambda: PortalPolicy.objects.update(minimum=10**6))


@pytest.mark.parametrize("shut", [voided, not_offered])
def test_a_sale_that_the_portal_may_not_invoice_is_told(
    world: World, buyer: Buyer, shut: Callable[[World], None]
) -> None:
    code = reserved(world)
    sale = a_sale(world, code=code)
    waits(buyer, code, sale.total)
    shut(world)
    arrives(world, sale)
    assert wishes(world) == [Outcome.CLOSED]
    assert "el portal no la puede facturar" in last_words(world)
    assert f"/{code}/" in last_words(world)


def test_data_that_the_sat_refuses_are_told_and_the_note_is_free(world: World, buyer: Buyer) -> None:
    code = reserved(world)
    sale = a_sale(world, code=code)
    waits(buyer, code, sale.total)
    world.scoped(lambda: register_ticket(sale=sale, branch=world.shop.branch, now=world.now()))

    def claimed() -> None:
        claim_awaited(ticket_id=Ticket.objects.get().pk, now=world.now())

    world.scoped(claimed)
    refuse(world, "CFDI40145", RefusedBy.RECEIVER)
    look(world)
    assert wishes(world) == [Outcome.REFUSED]
    assert mails(world)[-1][0] == MORAL["correo"]
    assert "el SAT no aceptó los datos" in last_words(world)
    assert Buyer(world.shop).types(code, sale.total).headers["Location"] == buyer.url("datos/")


def test_the_company_says_how_long_it_waits(world: World, buyer: Buyer) -> None:
    world.scoped(lambda: PortalPolicy.objects.update(hours_awaited=2))
    waits(buyer, reserved(world), "9.00")
    assert "en las siguientes 2 horas" in words(buyer.get("reciente/guardada/"))
    assert world.scoped(lambda: AwaitedSale.objects.get().lapses_at) - world.now() <= timedelta(hours=2)
    world.time_passes(hours=2, minutes=1)
    look(world)
    assert wishes(world) == [Outcome.LAPSED]


def test_wrong_data_and_a_missing_mail_stop_at_their_field_and_nothing_is_kept(world: World, buyer: Buyer) -> None:
    buyer.types(reserved(world), "9.00")
    for step in ("", "guardar"):
        answer = buyer.post("reciente/", {**MORAL, "correo": "", "cp": "99", "paso": step})
        assert answer.status_code == 422
        assert "Escribe tu correo" in words(answer)
        assert "El código postal lleva 5 números" in words(answer)
    generic = buyer.post("reciente/", {**MORAL, "rfc": "XAXX010101000", "paso": "guardar"})
    assert "Ese RFC es de público en general" in words(generic)
    again = buyer.post("reciente/", {**MORAL, "paso": "cambiar"})
    assert f'value="{MORAL["nombre"]}"' in words(again)
    assert wishes(world) == []
    kept = buyer.post("reciente/", {**MORAL, "conservar": "1", "paso": "guardar"})
    assert kept.status_code == 302
    assert "S.A. DE C.V." in world.scoped(lambda: AwaitedSale.objects.get().receptor["nombre"])


def test_a_qr_that_is_not_here_yet_leads_to_the_same_door(world: World, buyer: Buyer) -> None:
    code = reserved(world)
    assert "Mi compra es reciente" not in words(buyer.get("?aviso=qr")), "nothing was scanned"
    assert buyer.get(f"{code}/900").headers["Location"] == buyer.url("?aviso=qr")
    assert "Mi compra es reciente" in words(buyer.get("?aviso=qr"))
    assert "$9.00" in words(buyer.get("reciente/"))


def test_the_door_is_only_for_a_code_that_can_be_and_a_portal_that_is_open(world: World, buyer: Buyer) -> None:
    assert "Mi compra es reciente" not in words(buyer.types("7K4M-9QXW-2TRU", "9.00"))
    assert buyer.get("reciente/").headers["Location"] == buyer.url("?aviso=reciente")
    buyer.types(reserved(world), "9.00")
    world.scoped(lambda: PortalPolicy.objects.update(enabled=False))
    assert buyer.post("reciente/", {**MORAL, "paso": "guardar"}).status_code == 302
    assert wishes(world) == []


def test_asking_is_guessing_and_is_limited(world: World, buyer: Buyer) -> None:
    buyer.types(reserved(world), "9.00")
    cookie = buyer.client.cookies["amate_reciente"].value
    for n in range(10):
        buyer.client.cookies["amate_reciente"] = cookie
        answer = buyer.post("reciente/", {**MORAL, "correo": f"a{n}@surco.example", "paso": "guardar"})
    assert answer.status_code == 429
    assert wishes(world) == [Outcome.WAITING] * 9


def test_one_mail_is_written_to_a_few_times_a_day(world: World) -> None:
    midnight = (world.now() + timedelta(days=1)).replace(hour=0, minute=0, second=1)
    world.time_passes(seconds=(midnight - world.now()).total_seconds())  # six hours of one day of the limiter
    for n in range(6):
        buyer = Buyer(world.shop)
        buyer.client.defaults["REMOTE_ADDR"] = f"203.0.113.{n}"
        last = waits(buyer, reserved(world), "9.00")
        world.time_passes(hours=1)
    assert last.status_code == 429
    assert wishes(world) == [Outcome.WAITING] * 5


def test_the_cookie_cannot_be_made_up(world: World, buyer: Buyer) -> None:
    buyer.client.cookies["amate_reciente"] = "7K4M9QXW2TRP/900"
    assert buyer.get("reciente/").status_code == 302


def test_a_row_that_is_settled_keeps_nothing_of_him(world: World, buyer: Buyer) -> None:
    waits(buyer, reserved(world), "9.00")
    with pytest.raises(IntegrityError, match="nothing_kept_of_a_settled_wait"):
        world.scoped(lambda: AwaitedSale.objects.update(outcome=Outcome.LAPSED, settled_at=world.now()))
