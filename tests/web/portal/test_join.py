"""A buyer with several notes joins them in the portal, without JavaScript (FEATURES 37)."""

import re
from typing import Any

from amate.invoices.models import Invoice, State
from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Claim, Ticket
from amate.web.portal.code_form import NO_MATCH
from tests.people import MORAL
from tests.web.portal.buyer import Buyer, words
from tests.web.portal.test_correct import corrects
from tests.world import World


def adds(buyer: Buyer, ticket: Ticket, total: str = "") -> Any:
    return buyer.post("notas/", {"codigo": show_code(ticket.code), "total": total or f"{ticket.total:.2f}"})


def marks(page: str) -> list[str]:
    return re.findall(r'name="nota" value="(\w+)"', page)


def holders(world: World) -> list[tuple[int, int]]:
    return world.scoped(lambda: list(Claim.objects.live().order_by("pk").values_list("ticket_id", "invoice_id")))


def test_three_notes_become_one_invoice_and_each_of_them_opens_it(world: World) -> None:
    first, second, third, out = (world.sale() for _ in range(4))
    buyer = Buyer(world.shop)
    buyer.opens(first)
    assert "Agregar otra nota a esta factura" in words(buyer.get("datos/"))
    for ticket in (second, out, third):
        assert adds(buyer, ticket).headers["Location"] == buyer.url("notas/")
    page = words(buyer.get("notas/"))
    assert f"${sum(one.total for one in (first, second, out, third)):,.2f}" in page
    buyer.post("notas/quitar/", {"nota": marks(page)[1]})
    page, whole = words(buyer.get("notas/")), sum(one.total for one in (first, second, third))
    assert (out.folio in page, f"${whole:,.2f}" in page, "Continuar con 3 notas" in page) == (False, True, True)
    buyer.gives()
    review = words(buyer.get("revisar/"))
    assert all(f"Nota {one.folio}" in review for one in (first, second, third))
    assert f"${whole:,.2f}" in review
    assert buyer.emits().headers["Location"] == buyer.url("emitiendo/")
    assert f"{first.folio}, {second.folio}, {third.folio}" in words(buyer.get("emitiendo/"))
    world.settle()
    (invoice,) = world.scoped(lambda: list(Invoice.objects.all()))
    assert (invoice.state, invoice.total) == (State.STAMPED, whole)
    assert holders(world) == [(one.pk, invoice.pk) for one in (first, second, third)]
    assert f"{first.folio}, {second.folio}, {third.folio}" in words(buyer.get("listo/"))

    elsewhere = Buyer(world.shop)
    elsewhere.opens(third)
    assert elsewhere.post("descargar/", {"rfc": MORAL["rfc"]}).headers["Location"] == elsewhere.url("listo/")
    assert first.folio in words(elsewhere.get("listo/"))
    # Corrected from another of its notes, all of them go on with the new one.
    corrects(elsewhere, nombre="SURCO DISENO")
    world.settle()
    claims = holders(world)
    assert {pk for pk, _ in claims} == {first.pk, second.pk, third.pk}
    (made,) = {held for _, held in claims}
    assert (made != invoice.pk, world.scoped(lambda: Invoice.objects.get(pk=made).total)) == (True, whole)
    assert "Corregir" not in words(buyer.get("corregir/")), "the limit is of the invoice, not of each of its notes"
    office = world.log_in()
    told = words(office.get(f"{world.shop.office}facturas/{made}/"))
    assert all(f">{one.folio}</a>" in told for one in (first, second, third))


def test_what_is_wrong_adds_nothing_and_says_what_to_do(world: World) -> None:
    first, second, taken = (world.sale() for _ in range(3))
    strange = world.sale(world.other)
    buyer = Buyer(world.shop)
    buyer.opens(first)
    for ticket, total, said in (
        (first, "", "Esa nota ya está en esta factura."),
        (strange, "", NO_MATCH),
        (second, "1.00", NO_MATCH),
    ):
        answer = adds(buyer, ticket, total)
        assert (answer.status_code, said in words(answer)) == (422, True)
    world.claim(taken)
    said = words(adds(buyer, taken))
    assert "ya se está facturando. No la agregamos: espera a que termine." in said
    assert marks(words(buyer.get("notas/"))) == []
    # What changed since it was added stops the whole, and says which one.
    adds(buyer, second)
    buyer.gives()
    world.scoped(lambda: Ticket.locked(second.pk).move_to(Ticket.State.LOCKED, state_since=world.now()))
    assert buyer.emits().headers["Location"] == buyer.url("notas/")
    page = words(buyer.get("notas/"))
    assert f"La nota {second.folio} está en revisión en la tienda. Así no se puede emitir: quítala de aquí" in page
    assert world.scoped(Invoice.objects.count) == 1, "only the other buyer's"
    buyer.post("notas/quitar/", {"nota": marks(page)[0]})
    assert buyer.emits().headers["Location"] == buyer.url("emitiendo/")


def test_who_guesses_here_waits_as_at_the_door(world: World) -> None:
    first, second = world.sale(), world.sale()
    buyer = Buyer(world.shop)
    buyer.opens(first)
    answers = [adds(buyer, second, f"{n}.00").status_code for n in range(1, 14)]
    assert (answers[:9], answers[-1]) == ([422] * 9, buyer.types(show_code(second.code), "1.00").status_code)
    assert answers[-1] != 422
    assert adds(buyer, second).status_code == answers[-1], "the right total is not told either"


def test_no_note_is_added_to_what_is_already_asked_for(world: World) -> None:
    first, second = world.sale(), world.sale()
    buyer = Buyer(world.shop)
    buyer.gets_it(first)
    assert adds(buyer, second).headers["Location"] == buyer.url("emitiendo/")
    assert [pk for pk, _ in holders(world)] == [first.pk]
