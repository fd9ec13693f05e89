"""The page of the factura global: what was sold adds up, it is issued once, and what is in it is told everywhere."""

import re
from typing import Any

from amate.invoices.models import Invoice, Kind, State
from tests.web.office.desk import claimed
from tests.world import World

PAGE = "facturas/global/"


def page(world: World, client: Any, **said: str) -> Any:
    return world.inside(lambda: client.get(f"{world.shop.office}{PAGE}", said))


def press(world: World, client: Any, shown: str, **more: str) -> Any:
    typed = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.split("Emitir la factura")[0]))
    typed.pop("csrfmiddlewaretoken", None)
    return world.inside(lambda: client.post(f"{world.shop.office}{PAGE}", typed | more))


def this_month(world: World) -> dict[str, str]:
    return {"dia": str(world.today())}


def test_it_is_looked_at_issued_once_and_its_notes_are_nobody_elses(world: World) -> None:
    tickets = [world.sale(), world.sale()]
    claimed(world)
    client = world.log_in()
    shown = page(world, client, **this_month(world)).content.decode()
    total = sum(ticket.total for ticket in tickets)
    for words in ("Entran en la global", "Se están facturando", "Se vendió", f"{total:,.2f}", tickets[0].folio):
        assert words in shown, words
    assert "todavía corre el plazo del portal" in shown
    answer = press(world, client, shown)
    assert answer.status_code == 302
    world.settle()
    made = world.scoped(lambda: Invoice.objects.get(kind=Kind.GLOBAL))
    assert (made.state, made.total, len(made.lines)) == (State.STAMPED, total, 2)
    again = press(world, client, shown)
    assert again.status_code == 302
    assert world.scoped(lambda: Invoice.objects.filter(kind=Kind.GLOBAL).count()) == 1
    after = world.inside(lambda: client.get(again.headers["Location"])).content.decode()
    assert "ya se había emitido" in after
    assert made.number in after
    assert "Ya están en una factura global" in after
    note = world.inside(lambda: client.get(f"{world.shop.office}notas/{tickets[0].pk}/")).content.decode()
    assert "En factura global" in note
    listed = world.inside(lambda: client.get(f"{world.shop.office}notas/?estado=in_global")).content.decode()
    assert tickets[0].folio in listed
    portal = world.inside(lambda: world.client.get(f"{world.shop.portal}{tickets[0].code}/{tickets[0].total_cents}"))
    told = world.inside(lambda: world.client.get(portal.headers["Location"])).content.decode()
    assert "ya está en la factura global de la tienda" in told


def test_what_changed_since_it_was_looked_at_is_shown_again(world: World) -> None:
    world.sale()
    client = world.log_in()
    shown = page(world, client, **this_month(world)).content.decode()
    world.sale()
    answer = press(world, client, shown)
    assert answer.status_code == 422
    assert "cambiaron desde que lo viste" in answer.content.decode()
    assert world.scoped(lambda: Invoice.objects.count()) == 0


def test_nothing_to_issue_and_a_day_that_is_none_are_told(world: World) -> None:
    client = world.log_in()
    shown = page(world, client).content.decode()
    assert "no se vendió nada" in shown
    assert "Emitir la factura global" not in shown
    for dia in ("2019-01-01", "ayer", "9999-12-31"):
        assert page(world, client, dia=dia).status_code == 422


def test_periods_of_two_months_are_offered_only_where_the_law_has_them(world: World) -> None:
    client = world.log_in()
    assert 'value="05"' not in page(world, client).content.decode()
    assert page(world, client, periodicidad="05").status_code == 422
