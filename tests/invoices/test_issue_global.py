"""A factura global of notes given as values: one live document a branch, period and part (GLO, DB-10)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from amate.companies.models import Branch
from amate.fiscal.clock import zone_of
from amate.fiscal.comprobante import DocumentRefused
from amate.fiscal.factura_global import GlobalSale
from amate.fiscal.global_period import GlobalPeriod, period_of
from amate.fiscal.money import Line
from amate.fiscal.xml import parse
from amate.invoices.credit import NotCreditable, credit_invoice
from amate.invoices.issue_global import issue_global
from amate.invoices.models import Invoice, Kind, Origin, Stamp, State
from tests.invoices.life import IVA, cancel, minutes_pass, replaced, with_a_note

# FISCAL GLO-8
GLO_8 = [("17-2358-4568", "150.80", "01"), ("17-2358-4569", "417.58", "04"), ("17-2358-4624", "411.80", "03")]


def note(number: str, total: str, forma_pago: str = "01") -> GlobalSale:
    return GlobalSale(number, forma_pago, (Line(Decimal(1), Decimal(total), (IVA,)),))


def period(world: Any) -> GlobalPeriod:
    zone = zone_of(world.scoped(lambda: Branch.objects.get().cp))
    return period_of((world.now() - timedelta(days=1)).astimezone(zone).date(), periodicidad="01")


def globals_of(world: Any, sales: list[GlobalSale]) -> list[Invoice]:
    when = period(world)

    def act() -> list[Invoice]:
        branch = Branch.objects.get()
        return issue_global(branch=branch, period=when, sales=sales, origin=Origin.SYSTEM, now=world.now())

    return with_a_note(world, world.scoped(act))


def test_the_fixture_of_the_sats_guide_is_stamped_to_the_cent(world: Any) -> None:
    (made,) = globals_of(world, [note(*one) for one in GLO_8])
    world.settle()
    found = world.invoice(made)
    assert (found.state, found.kind, found.total, found.part) == (State.STAMPED, Kind.GLOBAL, Decimal("980.18"), 1)
    assert found.number == "AF-G-1" or found.number.endswith("-G-1")
    root = parse(world.scoped(lambda: bytes(Stamp.objects.get(invoice=made).xml)))
    assert (root.get("SubTotal"), root.get("Total"), root.get("FormaPago")) == ("844.98", "980.18", "04")
    assert root.find("{*}InformacionGlobal").get("Periodicidad") == "01"
    assert root.find("{*}Receptor").get("Nombre") == "PUBLICO EN GENERAL"
    assert [c.get("NoIdentificacion") for c in root.iter("{*}Concepto")] == [number for number, _, _ in GLO_8]


def test_leftovers_of_a_closed_period_make_a_further_part(world: Any) -> None:
    globals_of(world, [note("1", "116.00")])
    (second,) = globals_of(world, [note("2", "116.00")])
    world.settle()
    assert world.invoice(second).part == 2
    assert world.scoped(lambda: Invoice.objects.filter(kind="global", state=State.STAMPED).count()) == 2


def test_a_second_live_one_of_the_same_part_cannot_be(world: Any) -> None:
    """DB-10, below every act of ours."""
    (made,) = globals_of(world, [note("1", "116.00")])

    def again() -> None:
        kept = {f.attname: getattr(made, f.attname) for f in Invoice._meta.concrete_fields if f.attname != "id"}
        Invoice.objects.create(**kept)

    with pytest.raises(IntegrityError, match="one_live_global"):
        world.scoped(again)


def test_its_substitute_is_sealed_while_the_old_one_is_live_and_the_place_stays_taken(world: Any) -> None:
    """Route A (AFT-A): without the second note it is 562.60."""
    (old,) = globals_of(world, [note(*one) for one in GLO_8])
    world.settle()
    lines = world.invoice(old).lines
    new = replaced(world, old, lines=[lines[0], lines[2]], total=Decimal("562.60"), forma_pago="03")
    world.settle()
    minutes_pass(world)
    assert world.invoice(old).state == State.CANCELLED
    assert (world.invoice(new).state, world.invoice(new).total) == (State.STAMPED, Decimal("562.60"))

    def again() -> None:
        kept = {
            f.attname: getattr(old, f.attname)
            for f in Invoice._meta.concrete_fields
            if f.attname not in ("id", "folio")
        }
        Invoice.objects.create(**{**kept, "state": "draft", "uuid": None, "stamped_at": None})

    with pytest.raises(IntegrityError, match="one_live_global"):
        world.scoped(again)


def test_a_cancelled_one_gives_its_place_back(world: Any) -> None:
    (made,) = globals_of(world, [note("1", "116.00")])
    world.settle()
    cancel(world, made)
    world.settle()
    minutes_pass(world)
    assert world.invoice(made).state == State.CANCELLED
    (again,) = globals_of(world, [note("1", "116.00")])
    world.settle()
    assert world.invoice(again).state == State.STAMPED


def test_a_credit_note_takes_a_note_out_of_it(world: Any) -> None:
    """Route B (AFT-B): 980.18 − 417.58 = 562.60."""
    (made,) = globals_of(world, [note(*one) for one in GLO_8])
    world.settle()

    def credit() -> Invoice:
        return credit_invoice(
            invoice_id=made.pk,
            amount=None,
            quantities={1: Decimal(1)},
            tipo_relacion="01",
            descripcion="Se factura aparte",
            forma_pago="04",
            origin=Origin.SYSTEM,
            now=world.now(),
        )

    taken = world.scoped(credit)
    world.settle()
    assert (world.invoice(taken).state, world.invoice(taken).total) == (State.STAMPED, Decimal("417.58"))
    root = parse(world.scoped(lambda: bytes(Stamp.objects.get(invoice=taken).xml)))
    assert root.find("{*}InformacionGlobal") is None
    assert root.find("{*}Receptor").get("UsoCFDI") == "G02"
    (line,) = root.iter("{*}Concepto")
    told = [line.get(name) for name in ("NoIdentificacion", "ClaveProdServ", "ClaveUnidad", "Descripcion", "Importe")]
    assert told == ["17-2358-4569", "84111506", "ACT", "Se factura aparte", "359.98"]
    (summary,) = root.iterchildren("{*}Impuestos")
    assert summary.get("TotalImpuestosTrasladados") == "57.60"


@pytest.mark.parametrize(
    ("amount", "quantities", "ticket", "tickets"),
    [
        (Decimal("980.18"), {}, "", [number for number, _, _ in GLO_8]),
        (Decimal("10.00"), {}, "17-2358-4569", ["17-2358-4569"]),
        (None, {}, "17-2358-4569", ["17-2358-4569"]),
        (None, {0: Decimal(1), 2: Decimal("0.5")}, "", ["17-2358-4568", "17-2358-4624"]),
    ],
)
def test_what_a_credit_note_takes_back_is_under_the_number_of_its_ticket(
    world: Any, amount: Decimal | None, quantities: dict[int, Decimal], ticket: str, tickets: list[str]
) -> None:
    (made,) = globals_of(world, [note(*one) for one in GLO_8])
    world.settle()

    def credit() -> Invoice:
        return credit_invoice(
            invoice_id=made.pk,
            amount=amount,
            quantities=quantities,
            tipo_relacion="03",
            descripcion="Devolución de mercancías",
            forma_pago="04",
            origin=Origin.OFFICE,
            now=world.now(),
            ticket=ticket,
        )

    taken = world.scoped(credit)
    world.settle()
    assert world.invoice(taken).state == State.STAMPED
    root = parse(world.scoped(lambda: bytes(Stamp.objects.get(invoice=taken).xml)))
    assert [line.get("NoIdentificacion") for line in root.iter("{*}Concepto")] == tickets


def test_a_period_without_sales_is_refused(world: Any) -> None:
    with pytest.raises(DocumentRefused, match="No hay ventas"):
        globals_of(world, [])


def test_a_ticket_of_it_is_given_back_once_and_part_of_it_says_whose_it_is(world: Any) -> None:
    """The global had room for it: what was left was of the other notes."""
    (made,) = globals_of(world, [note(*one) for one in GLO_8])
    world.settle()

    def credit(amount: str | None, ticket: str = "", quantities: dict[int, Decimal] | None = None) -> Invoice:
        return world.scoped(  # type: ignore[no-any-return]
            lambda: credit_invoice(
                invoice_id=made.pk,
                amount=None if amount is None else Decimal(amount),
                quantities=quantities or {},
                tipo_relacion="03",
                descripcion="Devolución de mercancías",
                forma_pago="04",
                origin=Origin.OFFICE,
                now=world.now(),
                ticket=ticket,
            )
        )

    with pytest.raises(NotCreditable, match="tiene 3 notas: di el número"):
        credit("10.00")
    with pytest.raises(NotCreditable, match="no tiene la nota 99"):
        credit("10.00", "99")
    credit("17.58", "17-2358-4569")
    for again in ({"amount": None, "quantities": {1: Decimal(1)}}, {"amount": "400.01", "ticket": "17-2358-4569"}):
        with pytest.raises(NotCreditable, match=r"De la nota 17-2358-4569 quedan 400\.00"):
            credit(**again)
    assert credit("400.00", "17-2358-4569").total == Decimal("400.00")
    with pytest.raises(NotCreditable, match=r"quedan 0\.00"):
        credit("0.01", "17-2358-4569")
