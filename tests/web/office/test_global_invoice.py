"""The page of the factura global: what was sold adds up, it is issued once, and what is in it is told everywhere."""

import re
from decimal import Decimal
from typing import Any

from amate.invoices.models import Invoice, Kind, State
from amate.self_invoicing.hold import lock_ticket, void_ticket
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.period_notes import FATES
from amate.web.backoffice import global_invoice
from tests.self_invoicing import test_refund
from tests.self_invoicing.test_close_period import closed
from tests.web.api.sales import sale
from tests.web.office.desk import Office, claimed
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


WITHHELD = {"impuesto": "001", "tipo_factor": "Tasa", "tasa_o_cuota": "0.100000", "retencion": True}


def sold_as(world: World, key: str, **changes: Any) -> Ticket:
    body = sale(folio=f"N-{key}", sold_at=world.now().isoformat()) | changes
    answer = world.api("PUT", f"/tickets/pos/{key}", body)
    assert answer.status_code == 201, answer.content
    return world.scoped(lambda: Ticket.objects.get(source="pos", external_id=key))


def of_every_fate(world: World) -> None:
    """Two that are sealed in a global, five that enter the next one, of some a part was given back; and one of each other."""
    in_global = [test_refund.sold(world, f"g{n}") for n in range(2)]
    closed(world)
    world.settle()
    test_refund.given(world, in_global[0], "d", (1, "1"))
    world.claim(world.sale())
    world.settle()
    world.claim(world.sale())
    enters = [test_refund.sold(world, f"e{n}") for n in range(5)]
    test_refund.given(world, enters[0], "d", (0, "1"))
    test_refund.given(world, enters[3], "d", importe=Decimal("38.37"))
    locked, void, given = world.sale(), world.sale(), test_refund.sold(world, "v")
    world.scoped(lambda: lock_ticket(ticket_id=locked.pk, reason="falta revisar la caja", now=world.now()))
    world.scoped(lambda: void_ticket(ticket_id=void.pk, reason="", now=world.now()))
    test_refund.given(world, given, "d")
    sold_as(world, "credit", forma_pago="99", metodo_pago="PPD")
    free = world.sale()  # no till may tell one today; old ones are there
    world.scoped(lambda: Ticket.objects.filter(pk=free.pk).update(total=0, total_cents=0))
    withheld = world.sale()
    lines = [one | {"impuestos": [*one["impuestos"], WITHHELD]} for one in withheld.lines]
    world.scoped(lambda: Ticket.objects.filter(pk=withheld.pk).update(lines=lines))


def test_each_sum_is_walked_to_its_notes_and_they_add_up_to_it(world: World, office: Office, monkeypatch: Any) -> None:
    monkeypatch.setattr(global_invoice, "SIZE", 2)
    of_every_fate(world)
    start = office.get(PAGE, **this_month(world))
    fates = start.context["fates"]
    assert {fate.name for fate, _ in fates} == set(FATES)
    sums = Decimal(0)
    for fate, url in fates:
        seen: list[Ticket] = []
        told = Decimal(0)
        at = url
        while at:
            answer = office.get(PAGE + at)
            part = answer.context["notes"]
            assert len(part) <= 2
            seen += part
            told += sum((note.remaining for note in part), Decimal(0))
            assert all(f"notas/{note.pk}/" in answer.content.decode() for note in part)
            at = answer.context["older"]
        assert len({note.pk for note in seen}) == len(seen) == fate.notes, fate.name
        assert told == fate.total, fate.name
        assert [(one.sold_at, one.pk) for one in seen] == sorted((one.sold_at, one.pk) for one in seen)
        sums += told
    found = start.context["looked"].found
    assert found.refunded > 0
    assert sums + found.refunded == found.sold.total
    assert "falta revisar la caja" in office.text(PAGE, **this_month(world), ver="locked")
    for strange in ({"ver": "=x"}, {"tras": "x"}, {"tras": "9" * 30}, {"tras": "0"}):
        assert office.get(PAGE, **this_month(world), **strange).context["notes"][0].folio == "R-e0"


def test_what_does_not_add_up_is_not_stamped(world: World, office: Office) -> None:
    """The total of a note was changed by somebody behind the application's back; its lines say another."""
    ticket = world.sale()
    shown = page(world, office.client, **this_month(world)).content.decode()
    worse = {"total": ticket.total + 1, "total_cents": ticket.total_cents + 100}
    world.scoped(lambda: Ticket.objects.filter(pk=ticket.pk).update(**worse))
    now_shown = office.text(PAGE, **this_month(world))
    assert "No cuadra" in now_shown
    assert "Emitir la factura global" not in now_shown
    answer = press(world, office.client, shown, total=str(worse["total"]))
    assert answer.status_code == 422
    assert "No cuadra" in answer.content.decode()
    assert world.scoped(lambda: Invoice.objects.count()) == 0
