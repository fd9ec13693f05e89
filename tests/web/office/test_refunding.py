"""Giving back at the desk and what a buyer then sees: the printed total opens the door, and only the rest is invoiced."""

from decimal import Decimal
from typing import Any

from amate.invoices.models import Invoice, Kind, State
from amate.self_invoicing.models import Refund, Ticket
from tests.self_invoicing.test_close_period import closed, today
from tests.self_invoicing.test_refund import TOTAL, sold
from tests.web.office.desk import Office
from tests.web.portal.buyer import Buyer, words
from tests.world import World

SAID = {"tipo": "03", "motivo": "No le quedó", "forma_pago": "01", "clave": "a" * 32}


def post(office: Office, ticket: Ticket, **fields: Any) -> Any:
    path = f"{office.world.shop.office}notas/{ticket.pk}/devolver/"
    return office.world.inside(lambda: office.client.post(path, SAID | fields, follow=True))


def text(answer: Any) -> str:
    return words(answer)


def test_what_was_given_back_is_seen_wherever_the_note_is(world: World, office: Office) -> None:
    note = sold(world)
    shown = office.text(f"notas/{note.pk}/devolver/")
    assert "Quedan $238.37" in shown
    assert "Nadie la ha facturado" in shown
    assert "Martillo de uña 16 oz (quedan 3)" in shown
    nothing = post(office, note)
    assert nothing.status_code == 422
    assert "Escribe un importe, o cuánto de alguna partida" in text(nothing)
    both = post(office, note, importe="1.00", partida_0="1")
    assert "no las dos cosas" in text(both)
    assert "Quedan 3: devuelve de ahí para abajo" in text(post(office, note, partida_0="4"))
    assert "quedan 238.37" in text(post(office, note, importe="$1,000.00"))
    assert world.scoped(lambda: Refund.objects.count()) == 0

    for _ in range(2):  # pressed twice it is one
        told = text(post(office, note, partida_0="1", partida_1="1"))
    assert world.scoped(lambda: Refund.objects.get().total) == Decimal("78.83")
    assert "Queda después de devoluciones" in told
    assert "$159.54" in told
    assert "Registró una devolución ana@amate.example: No le quedó" in told
    assert "Martillo de uña 16 oz (quedan 2)" in office.text(f"notas/{note.pk}/devolver/")

    first = today(world).first
    period = office.text(f"facturas/global/?sucursal={note.branch_id}&periodicidad=04&dia={first}")
    assert "Se devolvió de estas ventas" in period
    assert period.count("$159.54") >= 2
    assert "$238.37" in period
    counter = office.text(f"mostrador/nota/{note.pk}/")
    assert "se factura lo que queda, $159.54" in counter

    buyer = Buyer(world.shop)
    assert world.inside(lambda: buyer.types(note.code, "159.54")).status_code != 302  # the door is what is printed
    assert world.inside(lambda: buyer.opens(note)).headers["Location"] == buyer.url("datos/")
    seen = words(world.inside(lambda: buyer.get("datos/")))
    for said in ("Total de tu nota", "$238.37", "Devuelto", "−$78.83", "Queda por facturar", "$159.54"):
        assert said in seen
    world.inside(lambda: buyer.gives())
    review = world.inside(lambda: buyer.get("revisar/"))
    assert "Total de la factura" in words(review)
    assert "$159.54" in words(review)
    revision = review.context["revision"]
    post(office, note, clave="b" * 32, importe="9.54")  # while he reads
    late = world.inside(lambda: buyer.post("revisar/", {"revision": revision}))
    assert late.status_code == 409
    assert "$150.00" in words(late)
    world.inside(lambda: buyer.post("revisar/", {"revision": late.context["revision"]}))
    world.settle()
    own = world.scoped(lambda: Invoice.objects.get(kind=Kind.INGRESO))
    assert (own.state, own.total) == (State.STAMPED, Decimal("150.00"))

    assert "hacemos sola su nota de crédito" in office.text(f"notas/{note.pk}/devolver/")
    told = text(post(office, note, clave="c" * 32, accion="todo", tipo="01"))
    world.settle()
    egreso = world.scoped(lambda: Invoice.objects.get(kind=Kind.EGRESO))
    assert (egreso.state, egreso.total) == (State.STAMPED, Decimal("150.00"))
    assert f"Nota de crédito {egreso.number}" in office.text(f"notas/{note.pk}/")
    assert "no queda nada que devolver" in text(post(office, note, clave="d" * 32, importe="1.00"))
    assert "Registramos la devolución" in text(post(office, note, clave="c" * 32, accion="todo", tipo="01"))


def test_of_a_note_in_a_global_the_page_says_who_is_credited(world: World, office: Office) -> None:
    note = sold(world)
    closed(world)
    world.settle()
    assert "nota de crédito al público en general" in office.text(f"notas/{note.pk}/devolver/")
    post(office, note, importe="38.37")
    world.settle()
    egreso = world.scoped(lambda: Invoice.objects.get(kind=Kind.EGRESO))
    assert (egreso.rfc, egreso.total) == ("XAXX010101000", Decimal("38.37"))
    buyer = Buyer(world.shop)
    world.inside(lambda: buyer.gets_it(note))
    world.settle()
    own = world.scoped(lambda: Invoice.objects.get(kind=Kind.INGRESO))
    assert own.total == Decimal(TOTAL) - egreso.total
