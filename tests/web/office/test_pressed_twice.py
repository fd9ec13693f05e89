"""A button that is pressed twice does its work once, and amounts are read as people write them."""

from datetime import timedelta
from typing import Any

import pytest

from amate.access.models import ApiKey
from amate.adapters.pac import PacRejected
from amate.audit.record import record
from amate.invoices.models import Instalment, Invoice, Kind, Relation, State
from amate.running.pac_accounts import BadAccounts, stamp_prices
from amate.web.backoffice.keys import KeyForm
from tests.invoices.life import issued
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.world import World

WISH = "a" * 32


def post(office: Office, path: str, **fields: Any) -> Any:
    return office.world.inside(lambda: office.client.post(office.world.shop.office + path, fields, follow=True))


def today(world: World) -> str:
    """In central Mexico: in UTC it may be tomorrow already."""
    return str((world.now() - timedelta(hours=6)).date())


def test_a_mail_is_sent_once_however_late_the_second_press(world: World, office: Office) -> None:
    invoice = desk.stamped(world, correo="a@example.com")
    world.settle()
    before = len(world.mail.mails)
    for wait in (59, 2):  # the two presses lie in two minutes
        post(office, f"facturas/{invoice.pk}/reenviar/", correo="b@example.com", clave=WISH)
        world.settle()
        world.time_passes(seconds=wait)
    assert len(world.mail.mails) == before + 1
    post(office, f"facturas/{invoice.pk}/reenviar/", correo="b@example.com", clave="b" * 32)
    world.settle()
    assert len(world.mail.mails) == before + 2
    page = office.text(f"facturas/{invoice.pk}/")
    assert 'name="clave"' in page


def test_a_key_is_made_once_and_both_presses_show_it(world: World, office: Office) -> None:
    said = {"nombre": "Caja", "permisos": "tickets:read", "clave": WISH}
    first, second = (post(office, "claves/", **said) for _ in range(2))
    assert first.context["key"] == second.context["key"]
    made = world.inside(lambda: ApiKey.objects.filter(company=world.shop.company, name="Caja"))
    assert world.inside(made.count) == 1
    world.inside(lambda: made.update(created_at=world.now() - timedelta(minutes=2)))
    late = post(office, "claves/", **said)
    assert "no se vuelve a mostrar" in late.content.decode()
    assert first.context["key"] not in late.content.decode()
    assert KeyForm({"nombre": "x", "permisos": ["tickets:read"], "clave": "no"}).errors


def test_amounts_are_read_with_their_sign_and_their_commas(world: World, office: Office) -> None:
    invoice = issued(world, "1160.00")
    said = {"relacion": "01", "descripcion": "Bonificación", "forma_pago": "03", "clave": WISH}
    post(office, f"facturas/{invoice.pk}/acreditar/", **said, importe="$1,000.00")
    note = world.scoped(lambda: Invoice.objects.get(kind=Kind.EGRESO))
    assert str(note.total) == "1000.00"
    wrong = post(office, f"facturas/{invoice.pk}/acreditar/", **said | {"clave": "c" * 32}, importe="10.005")
    assert "hasta los centavos" in wrong.content.decode()
    ppd = issued(world, "1160.00", ppd=True)
    paid = {"fecha": today(world), "forma_pago": "03", "clave": "d" * 32}
    post(office, f"facturas/{ppd.pk}/pago/", **paid, importe="$ 1,100.00")
    assert world.scoped(lambda: Invoice.objects.filter(kind=Kind.PAGO).count()) == 1


def test_the_audit_names_what_an_act_was_about(world: World, office: Office) -> None:
    ticket = world.sale()
    world.scoped(lambda: record("ticket.locked", about=f"ticket:{ticket.pk}", now=world.now()))
    page = office.text("auditoria/", sobre=f"ticket:{ticket.pk}")
    assert f"Ver la nota {ticket.folio}" in page
    assert "Todo lo suyo" in page


def test_what_is_new_is_found_by_its_words(world: World, office: Office) -> None:
    for words, label in (("factura nueva", "Factura nueva"), ("global", "Factura global"), ("plazos", "Plazos")):
        assert label in office.text("buscar/", q=words)


def test_a_refusal_says_its_code_once() -> None:
    assert str(PacRejected("402", "402 - El RFC no está en la LCO")) == "402 - El RFC no está en la LCO"
    assert str(PacRejected("CFDI40119", "El total no cuadra")) == "CFDI40119: El total no cuadra"


def test_the_postal_code_shows_its_place(world: World, office: Office) -> None:
    ticket = world.sale()
    answer = post(office, f"mostrador/nota/{ticket.pk}/", rfc="XOJI740919U48", rfc_buscado="XOJI740919U48", cp="06700")
    assert "Cuauhtémoc, Ciudad de México" in answer.content.decode()


def test_one_payment_of_several_invoices_is_one_complement(world: World, office: Office) -> None:
    first, second, third = (issued(world, "1160.00", ppd=True) for _ in range(3))
    page = office.text(f"facturas/{first.pk}/pago/")
    assert f"{second}" in page
    said = {"fecha": today(world), "forma_pago": "03", "importe": "2,000.00"}
    wrong = post(office, f"facturas/{first.pk}/pago/", **said, clave="1" * 32, **{f"factura_{second.pk}": "2,000.00"})
    assert "deja algo para esta" in wrong.content.decode()
    more = {f"factura_{second.pk}": "$1,160.00", f"factura_{third.pk}": "40"}
    post(office, f"facturas/{first.pk}/pago/", **said, clave="2" * 32, **more)
    world.settle()
    paid = world.scoped(lambda: dict(Instalment.objects.live().values_list("invoice_id", "imp_pagado")))
    assert {pk: str(amount) for pk, amount in paid.items()} == {
        first.pk: "800.00", second.pk: "1160.00", third.pk: "40.00",
    }  # fmt: skip
    assert world.scoped(lambda: Invoice.objects.get(kind=Kind.PAGO).state) == State.STAMPED


def test_an_advance_is_applied_with_its_relation_and_its_form(world: World, office: Office) -> None:
    invoice = issued(world, "1160.00")
    said = {"relacion": "07", "descripcion": "Aplicación de anticipo", "importe": "160.00", "clave": "3" * 32}
    wrong = post(office, f"facturas/{invoice.pk}/acreditar/", **said, forma_pago="03")
    assert "va con la relación 07" in wrong.content.decode()
    post(office, f"facturas/{invoice.pk}/acreditar/", **said, forma_pago="30")
    world.settle()
    note = world.scoped(lambda: Invoice.objects.get(kind=Kind.EGRESO))
    named = world.scoped(lambda: Relation.objects.get(invoice=note).tipo_relacion)
    assert (note.state, note.forma_pago, named) == (State.STAMPED, "30", "07")


def test_the_stamps_of_the_month_and_what_they_cost_are_told(
    world: World, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        issued(world, "116.00")
    assert "Timbres de este mes" in office.text("ajustes/timbrado/")
    assert "$1.70" not in office.text("ajustes/timbrado/")
    monkeypatch.setenv("AMATE_PAC_PRICE", "0.85")
    assert "2 · $1.70" in office.text("ajustes/timbrado/")
    monkeypatch.setenv("AMATE_PAC_PRICE", "barato")
    with pytest.raises(BadAccounts, match=r"como 0\.85"):
        stamp_prices()
