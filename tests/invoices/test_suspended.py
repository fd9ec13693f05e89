"""The SAT suspends a company: nothing of it is stamped, nothing is lost, and it goes on by itself when that is lifted."""

from datetime import timedelta
from typing import Any

from amate.companies.change_emisor import EmisorFacts, change_emisor
from amate.companies.models import Emisor
from amate.invoices.models import Invoice, Sealing, State
from amate.promises.models import Promise
from tests.people import FISICA
from tests.web.office.desk import Office
from tests.web.portal.buyer import Buyer
from tests.world import World


def suspend(world: World, suspended: bool) -> None:
    """As the settings do."""

    def act() -> None:
        emisor = Emisor.objects.get()
        names = ("rfc", "nombre", "regimen_fiscal", "nombre_comercial", "telefono", "correo", "usual_iva")
        said: dict[str, Any] = {name: getattr(emisor, name) for name in names}
        change_emisor(facts=EmisorFacts(**said, issuing_suspended=suspended), now=world.now())

    world.scoped(act)


def stuck(world: World) -> Promise:
    return world.scoped(lambda: Promise.objects.open().get())


def test_a_draft_waits_unsealed_and_is_stamped_when_the_suspension_is_lifted(world: World) -> None:
    invoice = world.claim(world.sale())
    suspend(world, True)
    world.settle()
    found = world.invoice(invoice)
    assert (found.state, found.folio) == (State.DRAFT, None)
    assert world.scoped(Sealing.objects.count) == 0
    assert (stuck(world).alarm, stuck(world).next_try_at is None) == ("suspended", False)
    assert "quita la marca en Ajustes › Empresa" in stuck(world).last_error
    suspend(world, False)
    world.settle()
    assert world.invoice(invoice).state == State.STAMPED
    assert world.scoped(lambda: Promise.objects.open().count()) == 0


def test_what_was_sealed_before_is_not_sent_either(world: World) -> None:
    world.pac.admin("faults", {"kind": "503"})
    invoice = world.claim(world.sale())
    world.settle()
    assert world.invoice(invoice).state == State.SEALED
    world.pac.admin("faults", {}, method="DELETE")
    suspend(world, True)
    world.time_passes(hours=2)
    world.settle()
    assert len(world.pac.documents()) == 0
    assert world.invoice(invoice).state != State.STAMPED
    suspend(world, False)
    world.settle()
    assert world.invoice(invoice).state == State.STAMPED
    assert len(world.pac.documents()) == 1


def test_the_other_company_goes_on(world: World) -> None:
    suspend(world, True)
    invoice = world.claim(world.sale(world.other), None, world.other)
    world.settle()
    assert world.invoice(invoice, world.other).state == State.STAMPED


def test_the_buyer_the_counter_and_the_home_page_are_told(world: World) -> None:
    ticket = world.sale()
    world.claim(world.sale())
    suspend(world, True)
    world.settle()
    buyer = Buyer(world.shop)
    assert "La autofactura de esta tienda está en pausa" in buyer.get("").content.decode()
    buyer.opens(ticket)
    assert "Tu nota sigue siendo válida" in buyer.get("aviso/").content.decode()
    office = Office(world)
    assert "El SAT suspendió tu emisión" in office.text()
    assert "1 factura espera y saldrá sola" in office.text()
    data = {**FISICA, "rfc_buscado": FISICA["rfc"], "accion": "emitir"}
    answer = world.inside(
        lambda: office.client.post(f"{world.shop.office}mostrador/nota/{ticket.pk}/", data, follow=True)
    )
    assert "El SAT suspendió la emisión de tu empresa" in answer.content.decode()
    assert world.scoped(Invoice.objects.count) == 1


def test_a_suspension_of_weeks_ends_with_a_fresh_date(world: World) -> None:
    invoice = world.claim(world.sale())
    suspend(world, True)
    world.time_passes(days=24)
    world.settle()
    suspend(world, False)
    world.settle()
    found = world.invoice(invoice)
    assert found.state == State.STAMPED
    assert found.sealed_at is not None
    assert world.now() - found.sealed_at < timedelta(minutes=5)
