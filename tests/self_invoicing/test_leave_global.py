"""A buyer who comes after the factura global: an egreso takes his note out, and it is his own invoice (AFT-B, FEATURES 34)."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from amate.fiscal.xml import parse
from amate.invoices.cancel import NotCancellable
from amate.invoices.credit import NotCreditable, credit_invoice
from amate.invoices.models import Invoice, Kind, Origin, Stamp, State
from amate.self_invoicing.claim import NotClaimable
from amate.self_invoicing.close_period import NothingLeft
from amate.self_invoicing.models import Claim, LeftGlobal, Ticket
from amate.self_invoicing.queries import live_invoice, stand_of
from amate.self_invoicing.rules import Standing
from tests.invoices.life import cancel, minutes_pass
from tests.people import FISICA, MORAL
from tests.self_invoicing.test_close_period import claim_at, closed, faults, reckoned, stands
from tests.web.api.sales import line, sale
from tests.web.portal.buyer import Buyer, words

# The SAT's guide: 844.98 + 135.20 = 980.18 (GLO-8).
GUIDE = {"17-2358-4568": ("150.80", "01"), "17-2358-4569": ("417.58", "04"), "17-2358-4624": ("411.80", "28")}
KNOWN = {MORAL["rfc"]: {"nombre": "SURCO DISEÑO", "cp": MORAL["cp"], "regimenes": [MORAL["regimen_fiscal"]]}}


def sold(world: Any) -> dict[str, Ticket]:
    for folio, (total, forma) in GUIDE.items():
        body = sale(
            folio=folio, total=total, forma_pago=forma, lines=[line(precio=total)], sold_at=world.now().isoformat()
        )
        assert world.api("PUT", f"/tickets/pos/{folio}", body).status_code == 201
    return {one.folio: one for one in world.scoped(lambda: list(Ticket.objects.select_related("branch")))}


def in_global(world: Any) -> tuple[Invoice, dict[str, Ticket]]:
    notes = sold(world)
    (made,) = closed(world)
    world.settle()
    return world.invoice(made), notes


def of_kind(world: Any, kind: str) -> list[Invoice]:
    return world.scoped(lambda: list(Invoice.objects.filter(kind=kind).order_by("pk")))  # type: ignore[no-any-return]


def xml_of(world: Any, invoice: Invoice) -> Any:
    return parse(world.scoped(lambda: bytes(Stamp.objects.get(invoice=invoice).xml)))


def standing(world: Any, ticket: Ticket) -> Standing:
    return world.scoped(lambda: stand_of(ticket, now=world.now(), invoice=live_invoice(ticket)).standing)  # type: ignore[no-any-return]


def declared(world: Any) -> Decimal:
    """Globals and own invoices less egresos, of what the SAT holds."""

    def add_up() -> Decimal:
        signs = {Kind.EGRESO: -1}
        return sum(
            (one.total * signs.get(Kind(one.kind), 1) for one in Invoice.objects.at_the_sat()),
            Decimal(0),
        )

    return world.scoped(add_up)  # type: ignore[no-any-return]


def test_in_the_portal_it_is_the_way_of_every_day(world: Any) -> None:
    the_global, notes = in_global(world)
    late = notes["17-2358-4569"]
    assert the_global.total == Decimal("980.18")
    assert standing(world, late) is Standing.AFTER_GLOBAL
    buyer = Buyer(world.shop)
    assert world.inside(lambda: buyer.opens(late)).headers["Location"] == buyer.url("datos/")
    assert "ya está en la factura global de la tienda" in words(world.inside(lambda: buyer.get("datos/")))
    world.inside(lambda: buyer.gives())
    assert world.inside(lambda: buyer.emits()).headers["Location"] == buyer.url("emitiendo/")
    assert standing(world, late) is Standing.ISSUING
    again = Buyer(world.shop, Client())
    assert world.inside(lambda: again.opens(late)).headers["Location"] == again.url("aviso/")
    world.settle()
    done = words(world.inside(lambda: buyer.get("listo/")))
    assert "-NC" not in done

    (own,), (egreso,) = of_kind(world, Kind.INGRESO), of_kind(world, Kind.EGRESO)
    assert (own.state, own.total, own.rfc, own.forma_pago) == (State.STAMPED, Decimal("417.58"), MORAL["rfc"], "04")
    assert "InformacionGlobal" not in world.scoped(lambda: bytes(Stamp.objects.get(invoice=own).xml)).decode()
    assert egreso.state == State.STAMPED
    assert own.stamped_at is not None
    assert egreso.sealed_at is not None
    assert own.stamped_at <= egreso.sealed_at  # his data had been taken before anything left the global
    root = xml_of(world, egreso)
    assert (root.get("SubTotal"), root.get("Total"), root.get("TipoDeComprobante")) == ("359.98", "417.58", "E")
    assert root.find("{*}Impuestos").get("TotalImpuestosTrasladados") == "57.60"
    receptor = root.find("{*}Receptor")
    assert [receptor.get(name) for name in ("Rfc", "Nombre", "RegimenFiscalReceptor", "UsoCFDI")] == [
        "XAXX010101000", "PUBLICO EN GENERAL", "616", "G02",
    ]  # fmt: skip
    assert root.find("{*}InformacionGlobal") is None
    related = root.find("{*}CfdiRelacionados")
    assert (related.get("TipoRelacion"), related[0].get("UUID")) == ("01", str(the_global.uuid).upper())
    (concepto,) = root.iter("{*}Concepto")
    assert [concepto.get(name) for name in ("ClaveProdServ", "ClaveUnidad", "NoIdentificacion")] == [
        "84111506", "ACT", "17-2358-4569",
    ]  # fmt: skip
    assert declared(world) == Decimal("980.18")
    assert stands(world, late) == ("invoiced", True)
    assert {one.name: one.notes for one in reckoned(world).fates if one.notes} == {"in_global": 2, "invoiced": 1}
    assert {mail["To"] for mail in world.mail.mails} == {MORAL["correo"]}
    assert not faults(world)
    with pytest.raises(NothingLeft):
        closed(world)


def test_data_that_the_sat_refuses_leave_the_global_as_it_was(world: Any) -> None:
    _, notes = in_global(world)
    late = notes["17-2358-4569"]
    world.pac.admin("lists", {"mode": "strict", "receivers": KNOWN}, method="PUT")
    buyer = Buyer(world.shop)
    world.inside(lambda: buyer.gets_it(late, nombre="Surco Disenio"))
    world.settle()
    (egreso,) = of_kind(world, Kind.EGRESO)
    assert (egreso.state, egreso.folio, egreso.uuid) == (State.REFUSED, None, None)
    assert declared(world) == Decimal("980.18")
    assert stands(world, late) == ("in_global", True)
    assert not faults(world)
    assert world.inside(lambda: buyer.get("emitiendo/")).headers["Location"] == buyer.url("datos/")
    assert world.inside(lambda: buyer.get("datos/")).status_code == 422
    world.inside(lambda: buyer.gives())
    world.inside(lambda: buyer.emits())
    world.settle()
    assert world.inside(lambda: buyer.get("listo/")).status_code == 200
    assert [one.state for one in of_kind(world, Kind.EGRESO)] == [State.REFUSED, State.STAMPED]
    assert declared(world) == Decimal("980.18")
    assert not faults(world)


def test_corrected_before_the_note_had_gone_back_it_leaves_all_the_same(world: Any) -> None:
    _, notes = in_global(world)
    late = notes["17-2358-4569"]
    first = world.claim(late, MORAL)

    def refuse() -> None:
        Invoice.objects.get(pk=first.pk).move_to(State.REFUSED, refused_by="receiver", refusal="no")

    world.scoped(refuse)
    second = world.claim(late, FISICA)
    world.settle()
    assert world.invoice(second).state == State.STAMPED
    assert [one.state for one in of_kind(world, Kind.EGRESO)] == [State.REFUSED, State.STAMPED]
    assert declared(world) == Decimal("980.18")
    assert not faults(world)


def test_nobody_else_takes_what_is_leaving(world: Any) -> None:
    the_global, notes = in_global(world)
    late = notes["17-2358-4569"]
    world.claim(late)
    for origin in (Origin.PORTAL, Origin.COUNTER):
        with pytest.raises(NotClaimable) as refusal:
            claim_at(world, late, origin)
        assert refusal.value.standing is Standing.ISSUING
    how: dict[str, Any] = {"amount": None, "quantities": {}, "tipo_relacion": "03", "descripcion": "Devolución"}
    how |= {"forma_pago": "01", "origin": Origin.OFFICE, "now": world.now(), "ticket": late.folio}
    with pytest.raises(NotCreditable, match=r"quedan 0\.00"):
        world.scoped(lambda: credit_invoice(invoice_id=the_global.pk, **how))
    world.settle()
    assert len(of_kind(world, Kind.EGRESO)) == 1


def test_what_was_credited_in_the_global_or_is_late_in_the_portal_does_not_leave_there(world: Any) -> None:
    the_global, notes = in_global(world)
    refunded, late = notes["17-2358-4569"], notes["17-2358-4624"]
    how: dict[str, Any] = {"amount": Decimal("10.00"), "quantities": {}, "tipo_relacion": "03"}
    how |= {"descripcion": "Devolución", "forma_pago": "01", "origin": Origin.OFFICE, "now": world.now()}
    world.scoped(lambda: credit_invoice(invoice_id=the_global.pk, ticket=refunded.folio, **how))
    assert standing(world, refunded) is Standing.IN_GLOBAL
    for origin in (Origin.PORTAL, Origin.COUNTER):
        with pytest.raises(NotClaimable):
            claim_at(world, refunded, origin)
    world.time_passes(days=60)
    assert standing(world, late) is Standing.IN_GLOBAL
    with pytest.raises(NotClaimable):
        claim_at(world, late, Origin.PORTAL)
    assert claim_at(world, late, Origin.COUNTER).total == late.total


def test_until_the_global_is_stamped_the_buyer_is_sent_to_the_shop(world: Any) -> None:
    notes = sold(world)
    closed(world)
    assert standing(world, notes["17-2358-4569"]) is Standing.IN_GLOBAL


def test_at_the_counter_it_is_one_button(world: Any) -> None:
    _, notes = in_global(world)
    late, client = notes["17-2358-4569"], world.log_in()
    note = world.inside(lambda: client.get(f"{world.shop.office}notas/{late.pk}/")).content.decode()
    assert "Facturar en mostrador" in note
    there = f"{world.shop.office}mostrador/nota/{late.pk}/"
    assert "sale de ella con una nota de crédito" in world.inside(lambda: client.get(there)).content.decode()
    said = {"accion": "emitir", "rfc_buscado": FISICA["rfc"], **FISICA}
    answer = world.inside(lambda: client.post(there, said))
    assert answer.status_code == 302
    world.settle()
    assert "mostrador/" in answer["Location"]
    assert [one.state for one in (*of_kind(world, Kind.INGRESO), *of_kind(world, Kind.EGRESO))] == [State.STAMPED] * 2
    after = world.inside(lambda: client.get(f"{world.shop.office}notas/{late.pk}/")).content.decode()
    assert "Salió de la factura global" in after


def test_the_note_of_a_cancelled_own_invoice_is_free_and_the_global_does_not_take_it_back(world: Any) -> None:
    _, notes = in_global(world)
    late = notes["17-2358-4569"]
    own = world.claim(late)
    world.settle()
    cancel(world, own)
    minutes_pass(world)
    world.settle()
    assert world.invoice(own).state == State.CANCELLED
    assert standing(world, late) is Standing.CLAIMABLE
    (again,) = closed(world)
    world.settle()
    assert world.invoice(again).total == late.total
    assert declared(world) == Decimal("980.18")
    assert not faults(world)


def test_the_database_keeps_a_case_as_it_was_and_once(world: Any) -> None:
    _, notes = in_global(world)
    world.claim(notes["17-2358-4569"])
    with pytest.raises(IntegrityError, match="never changed"):
        world.scoped(lambda: LeftGlobal.objects.update(left_at=world.now()))
    assert world.scoped(lambda: Claim.objects.live().filter(global_invoice__isnull=False).count()) == 2


def test_what_took_the_note_out_is_not_cancelled_alone(world: Any) -> None:
    """Else the sale would be told by the global and by its buyer's invoice (0033)."""
    the_global, notes = in_global(world)
    claim_at(world, notes["17-2358-4569"], Origin.PORTAL)
    world.settle()
    (egreso,) = of_kind(world, Kind.EGRESO)
    with pytest.raises(NotCancellable, match="facturada dos veces"):
        cancel(world, egreso)
    client = world.log_in()
    page = world.inside(lambda: client.get(f"{world.shop.office}facturas/{egreso.pk}/cancelar/", follow=True))
    assert "esta se va con ella" in words(page)
    cancel(world, the_global)
    world.settle()
    minutes_pass(world)
    assert [world.invoice(one).state for one in (the_global, egreso)] == [State.CANCELLED] * 2
