"""REPs: instalments dense and unique, what is left from those that live, never of what may have none (FISCAL 11, DB-2..4)."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from amate.companies.models import Branch
from amate.fiscal.clock import zone_of
from amate.fiscal.comprobante import DocumentRefused
from amate.fiscal.xml import parse
from amate.invoices.credit import credit_invoice
from amate.invoices.models import Instalment, Invoice, Kind, Origin, Stamp, State
from amate.invoices.payments import Received
from amate.invoices.remaining import left_of
from amate.invoices.rep import NoRep, draft_rep
from amate.promises.models import Promise
from tests.invoices.life import cancel, hours_pass, issued, minutes_pass, the_receiver
from tests.stories.processes import Crowd


def local(world: Any) -> datetime:
    zone = zone_of(world.scoped(lambda: Branch.objects.get().cp))
    return world.now().astimezone(zone).replace(tzinfo=None, microsecond=0) - timedelta(minutes=5)  # type: ignore[no-any-return]


def payment(world: Any, applied: dict[Invoice, str], *, key: str) -> Received:
    amounts = {invoice.pk: Decimal(amount) for invoice, amount in applied.items()}
    return Received(
        key=key, fecha_pago=local(world), forma_pago="03", monto=sum(amounts.values(), Decimal(0)), applied=amounts
    )


def rep(world: Any, applied: dict[Invoice, str], *, key: str = "pago-1") -> Invoice:
    made = payment(world, applied, key=key)
    return world.scoped(  # type: ignore[no-any-return]
        lambda: draft_rep(payments=[made], origin=Origin.SYSTEM, now=world.now())
    )


def instalments(world: Any, invoice: Invoice) -> list[tuple[int, Decimal, Decimal]]:
    def look() -> list[tuple[int, Decimal, Decimal]]:
        rows = Instalment.objects.live().filter(invoice=invoice).order_by("num_parcialidad")
        return list(rows.values_list("num_parcialidad", "imp_saldo_ant", "imp_pagado"))

    return world.scoped(look)  # type: ignore[no-any-return]


def left(world: Any, invoice: Invoice) -> Decimal:
    return world.scoped(lambda: left_of(Invoice.objects.get(pk=invoice.pk)).to_pay)  # type: ignore[no-any-return]


def test_one_payment_of_two_invoices_is_one_stamped_rep(world: Any) -> None:
    one, two = issued(world, "1160.00", ppd=True), issued(world, "580.00", ppd=True)
    drafted = rep(world, {one: "1160.00", two: "100.00"})
    world.settle()
    found = world.invoice(drafted)
    assert (found.state, found.kind, found.tipo, found.number) == (
        State.STAMPED,
        Kind.PAGO,
        "P",
        f"{one.serie}-P-1",
    )
    root = parse(world.scoped(lambda: bytes(Stamp.objects.get(invoice=drafted).xml)))
    paid = list(root.iterfind(".//{*}DoctoRelacionado"))
    assert [(p.get("IdDocumento"), p.get("NumParcialidad"), p.get("ImpSaldoInsoluto")) for p in paid] == [
        (str(one.uuid).upper(), "1", "0.00"),
        (str(two.uuid).upper(), "1", "480.00"),
    ]
    assert root.find(".//{*}Totales").get("MontoTotalPagos") == "1260.00"
    assert left(world, two) == Decimal("480.00")


def test_instalments_follow_each_other_and_the_last_takes_the_remainder(world: Any) -> None:
    invoice = issued(world, "1000.00", ppd=True)
    for number, amount in enumerate(("333.33", "333.33", "333.34"), start=1):
        rep(world, {invoice: amount}, key=f"pago-{number}")
    assert instalments(world, invoice) == [
        (1, Decimal("1000.00"), Decimal("333.33")),
        (2, Decimal("666.67"), Decimal("333.33")),
        (3, Decimal("333.34"), Decimal("333.34")),
    ]
    world.settle()
    states = world.scoped(lambda: set(Invoice.objects.filter(kind="pago").values_list("state", flat=True)))
    assert states == {State.STAMPED}
    with pytest.raises(NoRep, match=r"quedan 0\.00"):
        rep(world, {invoice: "0.01"}, key="pago-4")


def test_payments_at_once_are_instalments_one_after_the_other(world: Any) -> None:
    invoice = issued(world, "1000.00", ppd=True)
    made = [payment(world, {invoice: "300.00"}, key=f"pago-{n}") for n in range(4)]

    def pays(one: Received) -> Any:
        from amate.tenancy.scope import company_scope

        def act() -> Invoice:
            with company_scope(world.shop.company.pk):
                return draft_rep(payments=[one], origin=Origin.SYSTEM, now=world.now())

        return act

    crowd = Crowd(4)
    try:
        ends = crowd.at_once(*(pays(one) for one in made))
    finally:
        crowd.go_home()
        connections.close_all()
    assert [type(end).__name__ for end in ends].count("NoRep") == 1
    assert [number for number, _, _ in instalments(world, invoice)] == [1, 2, 3]
    assert left(world, invoice) == Decimal("100.00")


def test_what_a_cancelled_rep_paid_is_owed_again_only_when_the_sat_says_so(world: Any) -> None:
    invoice = issued(world, "1000.00", ppd=True)
    first = rep(world, {invoice: "400.00"}, key="pago-1")
    rep(world, {invoice: "100.00"}, key="pago-2")
    world.settle()
    cancel(world, first)
    world.settle()
    minutes_pass(world)
    assert world.invoice(first).state == State.IN_PROCESS, "since 2026 its receiver must accept it"
    assert left(world, invoice) == Decimal("500.00")
    the_receiver(world, "accept", first)
    hours_pass(world)
    assert world.invoice(first).state == State.CANCELLED
    assert left(world, invoice) == Decimal("900.00")
    moved = rep(world, {invoice: "400.00"}, key="pago-1")
    world.settle()
    assert world.invoice(moved).state == State.STAMPED
    assert [number for number, _, _ in instalments(world, invoice)] == [1, 2], "dense: its place is taken again"


def test_a_no_of_the_receiver_leaves_the_old_rep_standing(world: Any) -> None:
    invoice = issued(world, "1000.00", ppd=True)
    first = rep(world, {invoice: "400.00"})
    world.settle()
    cancel(world, first)
    world.settle()
    minutes_pass(world)
    the_receiver(world, "reject", first)
    hours_pass(world)
    assert world.invoice(first).state == State.STAMPED
    assert left(world, invoice) == Decimal("600.00")


def test_the_invoice_is_cancelled_after_its_rep(world: Any) -> None:
    invoice = issued(world, "900.00", ppd=True)
    paid = rep(world, {invoice: "400.00"})
    world.settle()
    cancel(world, invoice)
    world.settle()
    minutes_pass(world)
    assert (world.invoice(paid).state, world.invoice(invoice).state) == (State.IN_PROCESS, State.STAMPED)
    the_receiver(world, "accept", paid)
    hours_pass(world)
    minutes_pass(world)
    assert {world.invoice(one).state for one in (paid, invoice)} == {State.CANCELLED}


def test_credit_notes_are_off_what_is_left_to_pay(world: Any) -> None:
    invoice = issued(world, "1160.00", ppd=True)

    def credit() -> Invoice:
        return credit_invoice(
            invoice_id=invoice.pk,
            amount=Decimal("160.00"),
            quantities={},
            tipo_relacion="01",
            descripcion="Bonificación",
            forma_pago="03",
            origin=Origin.OFFICE,
            now=world.now(),
        )

    world.scoped(credit)
    with pytest.raises(NoRep, match=r"quedan 1,000\.00"):
        rep(world, {invoice: "1000.01"})
    paid = rep(world, {invoice: "1000.00"})
    world.settle()
    assert world.invoice(paid).state == State.STAMPED


def test_no_rep_of_what_may_have_none(world: Any) -> None:
    pue = issued(world, "900.00")
    with pytest.raises(NoRep, match="no es una factura PPD"):
        rep(world, {pue: "1.00"})
    invoice = issued(world, "900.00", ppd=True)
    tomorrow = payment(world, {invoice: "1.00"}, key="x")
    late = replace(tomorrow, fecha_pago=local(world) + timedelta(days=1))
    with pytest.raises(NoRep, match="futuro"):
        world.scoped(lambda: draft_rep(payments=[late], origin=Origin.SYSTEM, now=world.now()))
    rep(world, {invoice: "1.00"})
    with pytest.raises(NoRep, match="ya tiene su complemento"):
        rep(world, {invoice: "1.00"})
    world.settle()
    cancel(world, other := issued(world, "900.00", ppd=True))
    with pytest.raises(NoRep, match="se está cancelando"):
        rep(world, {other: "1.00"}, key="pago-9")


@pytest.mark.parametrize("number", ["12|34", "12\u200b34"])
def test_an_operation_number_that_no_cfdi_carries_is_refused_before_anything_is_written(
    world: Any, number: str
) -> None:
    invoice = issued(world, "900.00", ppd=True)
    typed = replace(payment(world, {invoice: "100.00"}, key="x"), num_operacion=number)
    with pytest.raises(DocumentRefused) as refused:
        world.scoped(lambda: draft_rep(payments=[typed], origin=Origin.SYSTEM, now=world.now()))
    assert refused.value.field == "num_operacion"
    assert not world.scoped(lambda: Invoice.objects.filter(kind=Kind.PAGO).exists())


def test_a_draft_that_the_builder_refuses_waits_for_staff(world: Any) -> None:
    invoice = issued(world, "900.00", ppd=True)
    drafted = rep(world, {invoice: "100.00"})
    kept = [{**world.invoice(drafted).lines[0], "num_operacion": "12|34"}]
    world.scoped(lambda: Invoice.objects.filter(pk=drafted.pk).update(lines=kept))
    world.settle()
    found = world.invoice(drafted)
    assert (found.state, found.refused_by) == (State.REFUSED, "ours")
    assert "Quita la barra" in found.refusal
    (promise,) = world.scoped(lambda: list(Promise.objects.given_up()))
    assert "Quita la barra" in promise.last_error


def test_what_a_rep_refused_for_its_receiver_paid_is_owed_again(world: Any) -> None:
    invoice = issued(world, "900.00", ppd=True)
    other = {invoice.rfc: {"nombre": "SURCO DE OTROS", "cp": "44160", "regimenes": ["601"]}}
    world.pac.admin("lists", {"mode": "strict", "receivers": other}, method="PUT")
    refused = rep(world, {invoice: "900.00"})
    world.settle()
    found = world.invoice(refused)
    assert (found.state, found.refused_by) == (State.REFUSED, "receiver")
    assert left(world, invoice) == Decimal("900.00")
    world.pac.admin("lists", {}, method="PUT")
    again = rep(world, {invoice: "900.00"})
    world.settle()
    assert world.invoice(again).state == State.STAMPED


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ({"num_parcialidad": 1, "payment": "otro"}, "one_live_parcialidad"),
        ({"num_parcialidad": 2}, "one_live_rep"),
        ({"num_parcialidad": 3, "payment": "más", "imp_pagado": Decimal(5000)}, "instalment_pays"),
    ],
)
def test_the_database_has_the_last_word_on_instalments(world: Any, change: dict[str, Any], law: str) -> None:
    invoice = issued(world, "900.00", ppd=True)
    rep(world, {invoice: "100.00"})

    def again() -> None:
        kept = Instalment.objects.get()
        facts = {f.attname: getattr(kept, f.attname) for f in Instalment._meta.concrete_fields if f.attname != "id"}
        with transaction.atomic():
            Instalment.objects.create(**{**facts, **change})

    with pytest.raises(IntegrityError, match=law):
        world.scoped(again)


def test_the_database_reopens_no_instalment_of_a_live_rep(world: Any) -> None:
    """DB-11: only on Cancelado."""
    invoice = issued(world, "900.00", ppd=True)
    rep(world, {invoice: "100.00"})
    world.settle()

    def reopen() -> None:
        with transaction.atomic():
            Instalment.objects.update(reopened_at=world.now())

    with pytest.raises(IntegrityError, match="cancelled or refused"):
        world.scoped(reopen)
