"""PUE sin pago and Plazos: each date on Inicio with one click to what mends it."""

from datetime import timedelta
from typing import Any

from amate.invoices.deadlines import pay_by
from amate.invoices.models import AwaitedPayment, Invoice, State
from tests.invoices.life import issued, minutes_pass
from tests.invoices.month import goes_to, goes_to_next_month, today
from tests.invoices.test_due import awaited
from tests.web.office.desk import Office
from tests.web.office.test_attention import leads, todo
from tests.world import World


def post(office: Office, path: str, **fields: Any) -> Any:
    return office.world.inside(lambda: office.client.post(office.world.shop.office + path, fields, follow=True))


def test_from_inicio_one_click_and_one_button_make_it_ppd(world: World, office: Office) -> None:
    last = pay_by(goes_to_next_month(world, 10))
    one, two, three = (issued(world) for _ in range(3))
    office.client = world.log_in()
    for invoice in (one, two, three):
        answer = post(office, f"facturas/{invoice.pk}/aun-no-pagan/")
        assert "antes de que termine su mes" in answer.content.decode()
    assert todo(office) == []
    goes_to(world, last + timedelta(days=1))
    office.client = world.log_in()
    (due,) = todo(office)
    assert (due.text, due.url) == ("3 facturas PUE sin pago", f"{world.shop.office}facturas/pue/")
    assert leads(office, due) == 200
    page = post(office, "facturas/pue/", acto="pagadas", id=[three.pk], dia=str(last)).content.decode()
    assert "1 dadas por pagadas" in page
    page = post(office, "facturas/pue/", acto="ppd", id=[one.pk, two.pk, three.pk]).content.decode()
    assert "2 por cambiar a PPD" in page
    world.settle()
    assert todo(office) == []
    minutes_pass(world)
    new = world.scoped(lambda: list(Invoice.objects.filter(metodo_pago="PPD").values_list("replaces", "state")))
    assert sorted(new) == [(one.pk, State.STAMPED), (two.pk, State.STAMPED)]
    assert world.invoice(three).state == State.STAMPED


def test_nothing_marked_or_a_late_day_says_so(world: World, office: Office) -> None:
    last = pay_by(goes_to_next_month(world, 10))
    invoice = issued(world)
    awaited(world, invoice)
    goes_to(world, last + timedelta(days=2))
    office.client = world.log_in()
    answer = post(office, "facturas/pue/", acto="ppd")
    assert (answer.status_code, "Marca en la lista" in answer.content.decode()) == (422, True)
    answer = post(office, "facturas/pue/", acto="pagadas", id=[invoice.pk], dia="")
    assert (answer.status_code, "Escribe qué día se pagó" in answer.content.decode()) == (422, True)
    page = post(office, f"facturas/{invoice.pk}/pagada/", dia=str(today(world))).content.decode()
    assert "Cámbiala a PPD" in page
    assert world.scoped(lambda: AwaitedPayment.objects.open().count()) == 1
    page = post(office, f"facturas/{invoice.pk}/a-ppd/").content.decode()
    assert "Emitimos la nueva como PPD" in page


def test_the_page_of_dates_lists_each_with_its_button(world: World, office: Office) -> None:
    assert "Ningún plazo corre" in office.text("facturas/plazos/")
    world.pac.admin("faults", {"kind": "drop_before"})
    waits = issued(world)
    world.time_passes(hours=50)
    page = office.text("facturas/plazos/")
    assert "a punto de perder el plazo de 72 horas" in page
    assert f'href="{world.shop.office}facturas/{waits.pk}/"' in page
    (due, *_) = todo(office)
    assert (due.text, due.url) == (
        "1 factura pierde su plazo de timbrado",
        f"{world.shop.office}facturas/{waits.pk}/",
    )
    world.pac.admin("faults", {}, method="DELETE")
