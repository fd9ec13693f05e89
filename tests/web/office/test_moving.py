"""A REP whose payment belongs elsewhere: moved from its page, and what stopped is one click from Inicio."""

from typing import Any

from amate.invoices.models import MovedPayment, MoveState, State
from tests.invoices.life import hours_pass, issued, minutes_pass, the_receiver
from tests.invoices.test_move_payment import reps
from tests.invoices.test_rep import left, rep
from tests.web.office.desk import Office
from tests.web.office.test_attention import todo
from tests.web.office.test_unpaid import post
from tests.world import World


def place(office: Office, invoice: Any) -> str:
    return f"facturas/{invoice.pk}/mover-pago/"


def test_it_is_moved_from_its_page_and_the_page_says_how_it_goes(world: World, office: Office) -> None:
    wrong, right = issued(world, "1000.00", ppd=True), issued(world, "500.00", ppd=True)
    old = rep(world, {wrong: "400.00"})
    world.settle()
    assert "Mover el pago" in office.text(f"facturas/{old.pk}/")
    page = office.text(place(office, old))
    assert f'name="pago_0_{wrong.pk}" value="400.00"' in page
    assert f"{right} de" in page
    assert "si su receptor acepta" in page
    answer = post(office, place(office, old), **{f"pago_0_{right.pk}": "600.00", "razon": "era de otra"})
    assert (answer.status_code, "no se puede aplicar más que eso" in answer.content.decode()) == (422, True)
    answer = post(office, place(office, old), **{f"pago_0_{right.pk}": "400.00", "razon": ""})
    assert (answer.status_code, "Escribe qué estaba mal" in answer.content.decode()) == (422, True)
    page = post(office, place(office, old), **{f"pago_0_{right.pk}": "400.00", "razon": "era de otra"}).content.decode()
    assert "Esperando que el SAT cancele el anterior" in page
    world.settle()
    minutes_pass(world)
    the_receiver(world, "reject", old)
    hours_pass(world)
    (due,) = [one for one in todo(office) if "no se ha movido" in one.text]
    assert due.url == f"{world.shop.office}facturas/{old.pk}/#t-moved"
    assert "Pedir otra vez que se cancele" in office.text(f"facturas/{old.pk}/")
    post(office, f"{place(office, old)}otra-vez/")
    world.settle()
    minutes_pass(world)
    hours_pass(world, 2)
    the_receiver(world, "accept", old)
    hours_pass(world)
    world.settle()
    assert world.invoice(old).state == State.CANCELLED
    assert reps(world)[-1].state == State.STAMPED
    assert left(world, right) == 100
    assert [one for one in todo(office) if "no se ha movido" in one.text] == []
    assert "Emitido el nuevo" in office.text(f"facturas/{old.pk}/")


def test_an_invoice_of_another_customer_is_found_by_its_folio(world: World, office: Office) -> None:
    wrong, right = issued(world, "1000.00", ppd=True), issued(world, "500.00", ppd=True)
    old = rep(world, {wrong: "400.00"})
    world.settle()
    page = office.text(place(office, old), otra="ZZ-999")
    assert "No hay una factura PPD vigente con ese folio" in page
    assert f"pago_0_{right.pk}" in office.text(place(office, old), otra=str(right.uuid))


def test_it_is_left_as_it_stands(world: World, office: Office) -> None:
    wrong, right = issued(world, "1000.00", ppd=True), issued(world, "500.00", ppd=True)
    old = rep(world, {wrong: "400.00"})
    world.settle()
    post(office, place(office, old), **{f"pago_0_{right.pk}": "400.00", "razon": "era de otra"})
    page = post(office, f"{place(office, old)}dejar/").content.decode()
    assert "Lo dejamos como está" in page
    assert world.scoped(lambda: MovedPayment.objects.get().state) == MoveState.WITHDRAWN
    assert "Ya no hacía falta" in post(office, f"{place(office, old)}dejar/").content.decode()
