"""The life of a document at its own page: cancel, replace, credit, pay by hand, answer as receiver."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.test import Client

from amate.audit.models import Entry
from amate.companies.models import Branch
from amate.fiscal.xml import parse
from amate.invoices.answer_cancellation import record_pending
from amate.invoices.models import Cancellation, Invoice, Kind, ReceivedRequest, Stamp, State
from tests.invoices.life import issued, minutes_pass
from tests.world import World


def page(world: World, client: Client, path: str) -> str:
    answer = world.inside(lambda: client.get(f"{world.shop.office}{path}"))
    assert answer.status_code == 200
    return str(answer.content.decode())


def send(world: World, client: Client, path: str, **said: str) -> Any:
    return world.inside(lambda: client.post(f"{world.shop.office}{path}", said, follow=True))


def test_what_it_takes_is_shown_before_anything_is_asked_and_followed_afterwards(world: World) -> None:
    invoice, client = issued(world, "116.00"), world.log_in()
    shown = page(world, client, f"facturas/{invoice.pk}/cancelar/")
    assert "Hasta $1,000 se cancela sin aceptación" in shown
    assert world.scoped(lambda: Cancellation.objects.count()) == 0
    told = send(
        world, client, f"facturas/{invoice.pk}/cancelar/", motivo="02", razon="precio equivocado"
    ).content.decode()
    assert "Esperando su turno" in told
    assert "Ya no cancelarla" in told
    world.settle()
    minutes_pass(world)
    told = page(world, client, f"facturas/{invoice.pk}/")
    assert "Cancelada" in told
    assert "Sin aceptación" in told
    assert told.count("acuses/") == 2, "the request and the acuse are there to be kept"
    acts = world.scoped(lambda: list(Entry.objects.filter(family="invoice").order_by("pk").values_list("act", "actor")))
    assert ("invoice.cancel_asked", "ana@amate.example") in acts
    assert ("invoice.cancelled", "") in acts


def test_without_a_reason_nothing_is_asked(world: World) -> None:
    invoice, client = issued(world, "116.00"), world.log_in()
    answer = send(world, client, f"facturas/{invoice.pk}/cancelar/", motivo="02", razon="")
    assert answer.status_code == 422
    assert "la ley pide conservar la razón" in answer.content.decode()
    assert world.scoped(lambda: Cancellation.objects.count()) == 0


def test_a_cancellation_is_taken_back_before_it_is_sent(world: World) -> None:
    invoice, client = issued(world, "116.00"), world.log_in()
    send(world, client, f"facturas/{invoice.pk}/cancelar/", motivo="03", razon="no se vendió")
    told = send(world, client, f"facturas/{invoice.pk}/cancelar/retirar/").content.decode()
    assert "sigue vigente" in told
    world.settle()
    assert world.invoice(invoice).state == State.STAMPED


def test_wrong_data_are_replaced_in_one_act(world: World) -> None:
    invoice, client = issued(world), world.log_in()
    shown = page(world, client, f"facturas/{invoice.pk}/sustituir/")
    assert "SURCO DISENO" in shown
    data = {"rfc": "SDI190823KX4", "nombre": "Surco Diseño", "cp": "44160", "regimen_fiscal": "601", "uso_cfdi": "G03"}
    send(
        world,
        client,
        f"facturas/{invoice.pk}/sustituir/",
        **data,
        correo="",
        forma_pago="04",
        razon="se pagó con tarjeta",
    )
    world.settle()
    minutes_pass(world)
    old, new = world.invoice(invoice), world.scoped(lambda: Invoice.objects.get(replaces=invoice))
    assert (old.state, new.state, new.forma_pago) == (State.CANCELLED, State.STAMPED, "04")
    told = page(world, client, f"facturas/{new.pk}/")
    assert "Sustituye a" in told
    assert str(old) in told


def test_what_hangs_on_it_is_cancelled_by_a_person_before_it_is_replaced(world: World) -> None:
    """Its 01 would wait for ever for the end of a credit note that nobody asked for."""
    invoice, client = issued(world, "1160.00"), world.log_in()
    said = {"relacion": "01", "descripcion": "Bonificación", "forma_pago": "03", "importe": "160.00", "clave": "b" * 32}
    send(world, client, f"facturas/{invoice.pk}/acreditar/", **said)
    world.settle()
    note = world.scoped(lambda: Invoice.objects.get(kind=Kind.EGRESO))
    path = f"facturas/{invoice.pk}/sustituir/"
    shown = page(world, client, path)
    assert f"Nota de crédito {note}" in shown
    assert "Emitir la nueva" not in shown
    data = {"rfc": "SDI190823KX4", "nombre": "Surco Diseño", "cp": "44160", "regimen_fiscal": "601", "uso_cfdi": "G03"}
    told = send(world, client, path, **data, correo="", razon="datos").content.decode()
    assert f"Primero cancela {note}" in told
    assert world.scoped(lambda: Cancellation.objects.count()) == 0
    send(world, client, f"facturas/{note.pk}/cancelar/", motivo="02", razon="datos")
    world.settle()
    minutes_pass(world)
    assert "Emitir la nueva" in page(world, client, path)


def test_a_credit_note_says_what_is_left_and_refuses_more(world: World) -> None:
    invoice, client = issued(world, "1160.00"), world.log_in()
    assert "Quedan $1,160.00" in page(world, client, f"facturas/{invoice.pk}/acreditar/")
    said = {"relacion": "01", "descripcion": "Bonificación", "forma_pago": "03", "clave": "a" * 32}
    answer = send(world, client, f"facturas/{invoice.pk}/acreditar/", **said, importe="1160.01")
    assert answer.status_code == 422
    send(world, client, f"facturas/{invoice.pk}/acreditar/", **said, importe="160.00")
    again = send(world, client, f"facturas/{invoice.pk}/acreditar/", **said, importe="160.00")
    world.settle()
    note = world.scoped(lambda: Invoice.objects.get(kind=Kind.EGRESO))
    assert (note.state, note.total) == (State.STAMPED, Decimal("160.00"))
    assert again.redirect_chain[-1][0].endswith(f"/facturas/{note.pk}/"), "a page sent twice is one note"
    said["clave"] = "b" * 32
    answer = send(world, client, f"facturas/{invoice.pk}/acreditar/", **said, importe="1000.01")
    assert "quedan 1,000.00 por acreditar" in answer.content.decode()
    told = page(world, client, f"facturas/{invoice.pk}/")
    assert note.number in told


def test_of_very_many_lines_only_an_amount_is_credited(world: World) -> None:
    """A field for each would be more than a form may have."""
    invoice, client = issued(world, "11.60", lines=201), world.log_in()
    shown = page(world, client, f"facturas/{invoice.pk}/acreditar/")
    assert "renglon_" not in shown
    assert "se acredita por importe" in shown
    said = {"relacion": "01", "descripcion": "Bonificación", "forma_pago": "03", "clave": "c" * 32}
    answer = send(world, client, f"facturas/{invoice.pk}/acreditar/", **said, importe="")
    assert "Escribe el importe que acreditas" in answer.content.decode()
    send(world, client, f"facturas/{invoice.pk}/acreditar/", **said, importe="116.00")
    assert world.scoped(lambda: Invoice.objects.get(kind=Kind.EGRESO)).total == Decimal("116.00")


def test_a_payment_typed_twice_is_one_rep(world: World) -> None:
    invoice, client = issued(world, "1000.00", ppd=True), world.log_in()
    path = f"facturas/{invoice.pk}/pago/"
    assert "Debe $1,000.00" in page(world, client, path)
    day = world.today().isoformat()
    said = {
        "fecha": "2026-11-20" if day > "2026-11-20" else day,
        "importe": "400.00",
        "forma_pago": "03",
        "clave": "a" * 32,
    }
    send(world, client, path, **said)
    again = send(world, client, path, **said)
    assert "ya tiene su complemento" in again.content.decode()
    world.settle()
    rep = world.scoped(lambda: Invoice.objects.get(kind=Kind.PAGO))
    assert rep.state == State.STAMPED
    told = page(world, client, f"facturas/{invoice.pk}/")
    assert "$600.00" in told
    assert rep.number in told
    assert "Paga $400.00 de" in page(world, client, f"facturas/{rep.pk}/")


def test_a_payment_that_no_rep_can_say_is_told_at_its_field_and_nothing_is_written(world: World) -> None:
    invoice, client = issued(world, "1000.00", ppd=True), world.log_in()
    day = world.today().isoformat()
    said = {"fecha": "2026-11-20" if day > "2026-11-20" else day, "forma_pago": "03", "clave": "a" * 32}
    path = f"facturas/{invoice.pk}/pago/"
    told = send(world, client, path, **said, importe="400.00", num_operacion="12|34")
    assert told.context["form"].errors["num_operacion"] == ["Quita la barra “|”: el SAT no la admite"]
    told = send(world, client, path, **said, importe="1000.01")
    assert "quedan 1,000.00" in told.content.decode()
    assert not world.scoped(lambda: Invoice.objects.filter(kind=Kind.PAGO).exists())


def test_several_payments_are_typed_on_one_page_and_told_in_one_rep(world: World) -> None:
    """In the order in which the money came, whatever the order of the rows; an empty row does not count."""
    invoice, client = issued(world, "1160.00", ppd=True), world.log_in()
    path = f"facturas/{invoice.pk}/pago/"
    first = {"fecha": "2026-11-20", "importe": "400.00", "forma_pago": "03", "clave": "a" * 32, "num_operacion": "777"}
    asked = send(world, client, path, **first, pagos="0", otro_pago="1")
    assert asked.status_code == 200
    shown = asked.content.decode()
    assert f"Pago 2 de {invoice}" in shown
    assert 'value="777"' in shown, "what was typed stays"
    assert not world.scoped(lambda: Invoice.objects.filter(kind=Kind.PAGO).exists())
    second = {"p2-fecha": "2026-11-18", "p2-importe": "360.00", "p2-forma_pago": "01", "p2-num_operacion": "12|34"}
    empty = {"p3-fecha": "", "p3-importe": "", "p3-forma_pago": "01", "p3-num_operacion": ""}
    told = send(world, client, path, **first, **second, **empty, pagos="2")
    assert told.status_code == 422
    assert told.context["more"][0].errors["num_operacion"] == ["Quita la barra “|”: el SAT no la admite"]
    assert told.context["more"][1].errors == {}
    told = send(world, client, path, **first, **{**second, "p2-importe": "", "p2-num_operacion": ""}, pagos="1")
    assert told.context["more"][0].errors["importe"] == ["Escribe cuánto se recibió"]
    told = send(world, client, path, **first, **{**second, "p2-importe": "760.01", "p2-num_operacion": ""}, pagos="1")
    assert told.status_code == 422, "together they pay more than is owed"
    assert not world.scoped(lambda: Invoice.objects.filter(kind=Kind.PAGO).exists())
    second["p2-num_operacion"] = ""
    send(world, client, path, **first, **second, **empty, pagos="2")
    again = send(world, client, path, **first, **second, **empty, pagos="2")
    assert "ya tiene su complemento" in again.content.decode()
    world.settle()
    rep = world.scoped(lambda: Invoice.objects.get(kind=Kind.PAGO))
    assert rep.state == State.STAMPED
    root = parse(bytes(world.scoped(lambda: Stamp.objects.get(invoice=rep)).xml))
    pagos = list(root.iter("{http://www.sat.gob.mx/Pagos20}Pago"))
    assert [(one.get("FechaPago")[:10], one.get("FormaDePagoP"), one.get("Monto")) for one in pagos] == [
        ("2026-11-18", "01", "360.00"),
        ("2026-11-20", "03", "400.00"),
    ]
    paid = [one[0] for one in pagos]
    assert [(one.get("NumParcialidad"), one.get("ImpSaldoAnt"), one.get("ImpSaldoInsoluto")) for one in paid] == [
        ("1", "1160.00", "800.00"),
        ("2", "800.00", "400.00"),
    ]


def test_a_pue_invoice_takes_no_payment(world: World) -> None:
    invoice, client = issued(world, "1000.00"), world.log_in()
    answer = world.inside(lambda: client.get(f"{world.shop.office}facturas/{invoice.pk}/pago/", follow=True))
    assert "no es una factura PPD" in answer.content.decode()


def test_the_api_tells_the_same(world: World) -> None:
    invoice = issued(world, "116.00")
    client = world.log_in()
    send(world, client, f"facturas/{invoice.pk}/cancelar/", motivo="02", razon="error")
    world.settle()
    told = world.inside(lambda: world.api("GET", f"/invoices/{invoice.uuid}")).json()
    assert (told["kind"], told["state"], told["cancellation"]["motivo"]) == ("ingreso", "cancel_requested", "02")
    minutes_pass(world)
    told = world.inside(lambda: world.api("GET", f"/invoices/{invoice.uuid}")).json()
    assert (told["state"], told["cancelled_how"], told["cancellation"]["state"]) == ("cancelled", "without", "done")


def test_what_a_supplier_asks_is_answered_by_a_person_with_its_last_day(world: World) -> None:
    """The other shop invoiced ours and asks to cancel; both are in the same house, the SAT is between them."""
    from amate.companies.models import Emisor
    from amate.worker.clock import _cancellations

    me = world.scoped(lambda: Emisor.objects.get())
    world.inside(lambda: _cancellations(world.now()))
    world.settle()
    client = world.log_in()
    assert "Nadie te ha pedido" in page(world, client, "solicitudes/")
    uuid = uuid4()
    world.scoped(lambda: record_pending(uuids=[uuid], now=world.now()))
    shown = page(world, client, "solicitudes/")
    assert str(uuid).upper() in shown
    assert "si nadie responde, el SAT la cancela" in shown
    request = world.scoped(lambda: ReceivedRequest.objects.get())
    send(world, client, f"solicitudes/{request.pk}/responder/", respuesta="no")
    found = world.scoped(lambda: ReceivedRequest.objects.get())
    assert (found.state, found.accepts, found.decided_by) == ("answering", False, "ana@amate.example")
    world.settle()
    found = world.scoped(lambda: ReceivedRequest.objects.get())
    assert (found.state, found.code) == ("pending", "1001"), "the SAT knows nothing of it, and says so"
    assert me.rfc


def test_with_every_branch_closed_a_supplier_is_answered_still(world: World) -> None:
    world.scoped(lambda: record_pending(uuids=[uuid4()], now=world.now()))
    world.scoped(lambda: Branch.objects.update(closed_at=world.now()))
    assert "si nadie responde, el SAT la cancela" in page(world, world.log_in(), "solicitudes/")
