"""Which rules hold where and when, as a table; and that each of them acts on a real sale."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from amate.companies.branches import BranchFacts, add_branch
from amate.companies.models import Branch, PortalPolicy
from amate.companies.name_sources import name_sources
from amate.companies.policies import in_force, policy_on, portal_today, qualifies, which_qualify
from amate.companies.set_policy import PolicyFacts, PolicyRefused, follow_company, set_policy
from amate.fiscal.catalogs import installed
from amate.fiscal.generic import Generic
from amate.fiscal.receptor import regimenes_for, uso_allowed
from amate.fiscal.tables.personas import USOS
from amate.sandbox.companies import sell
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.note import print_note, print_note_escpos, print_note_text
from amate.self_invoicing.queries import stand_of
from amate.self_invoicing.rules import Standing
from tests.papers.reading import spaced, text_of
from tests.web.portal.buyer import Buyer
from tests.world import World

PLAIN = PolicyFacts(
    enabled=True,
    window_days=30,
    until_month_end=False,
    grace_days=0,
    minimum=Decimal(0),
    sources=(),
    paid_only=False,
    generics=(),
    withholds_isr=True,
    stamps_an_hour=20,
    corrections=1,
    may_split=False,
    hours_awaited=72,
    usos=(),
    default_uso="",
)

FOOD = Generic("", "Consumo de alimentos", "90101501", "E48")


def row(day: int, branch: int | None = None, follows: bool = False) -> PortalPolicy:
    return PortalPolicy(
        company_id=1, effective_from=date(2026, 11, day), branch_id=branch, follows_company=follows, window_days=day
    )


COMPANY_1, COMPANY_10, NORTE_5, NORTE_20 = row(1), row(10), row(5, 7), row(20, 7, follows=True)
EVERY = [NORTE_20, COMPANY_1, COMPANY_10, NORTE_5]


@pytest.mark.parametrize(
    ("branch_id", "day", "found"),
    [
        (None, 9, COMPANY_1),
        (None, 10, COMPANY_10),
        (7, 4, COMPANY_1),
        (7, 5, NORTE_5),
        (7, 19, NORTE_5),
        (7, 20, COMPANY_10),
        (8, 19, COMPANY_10),
    ],
)
def test_the_rules_in_force(branch_id: int | None, day: int, found: PortalPolicy) -> None:
    assert in_force(EVERY, branch_id=branch_id, day=date(2026, 11, day)) is found


def test_before_the_first_rules_there_are_none() -> None:
    assert in_force(EVERY, branch_id=7, day=date(2026, 10, 31)) is None


@pytest.mark.parametrize(
    ("total", "source", "moneda", "good"),
    [
        ("49.99", "caja-1", "MXN", False),
        ("50", "caja-1", "MXN", True),
        ("50", "web", "MXN", False),
        ("1", "caja-1", "USD", True),
    ],
)
def test_which_sales_qualify(total: str, source: str, moneda: str, good: bool) -> None:
    policy = PortalPolicy(company_id=1, minimum=Decimal(50), sources=["caja-1"])
    assert qualifies(policy, source=source, total=Decimal(total), moneda=moneda, metodo_pago="PUE") is good
    said = which_qualify(policy, labels={"caja-1": "el mostrador"})
    assert said == "En el portal se facturan compras desde $50.00, del mostrador."


def change(world: World, *, branch: int | None = None, **facts: Any) -> None:
    today = world.today() - timedelta(days=1)
    world.scoped(
        lambda: set_policy(
            branch_id=branch,
            effective_from=today,
            facts=replace(PLAIN, **facts),
            catalogs=installed(),
            today=today,
            now=world.now(),
        )
    )


def norte(world: World) -> Branch:
    facts = BranchFacts(code="norte", nombre="Norte", cp="22000", serie="N", address="")
    return world.scoped(lambda: add_branch(facts=facts, now=world.now()))


def sold_in(world: World, branch: Branch, number: int) -> Ticket:
    return world.scoped(lambda: sell(branch=branch, number=number, sold_at=world.now(), now=world.now()))


def standing(world: World, ticket: Ticket) -> Standing:
    return world.scoped(
        lambda: (
            stand_of(Ticket.objects.select_related("branch").get(pk=ticket.pk), now=world.now(), invoice=None).standing
        )
    )


def test_a_branch_switched_off_closes_its_own_notes_only(world: World) -> None:
    there = norte(world)
    change(world, branch=there.pk, enabled=False)
    assert standing(world, sold_in(world, there, 901)) is Standing.PORTAL_OFF
    assert standing(world, sold_in(world, world.shop.branch, 902)) is Standing.CLAIMABLE
    assert world.scoped(lambda: portal_today(day=world.today())).is_open
    change(world, enabled=False)
    assert not world.scoped(lambda: portal_today(day=world.today())).is_open
    world.scoped(lambda: follow_company(branch_id=there.pk, effective_from=world.today(), now=world.now()))
    assert world.scoped(lambda: policy_on(branch_id=there.pk, day=world.today())).branch_id is None


def test_the_window_of_the_branch_prints_its_deadline(world: World) -> None:
    there = norte(world)
    change(world, branch=there.pk, window_days=3)
    near, far = sold_in(world, there, 903), sold_in(world, world.shop.branch, 904)
    assert (near.deadline - world.now()).days in (3, 2)
    assert (far.deadline - world.now()).days in (30, 29)


def test_a_sale_under_the_minimum_is_told_the_rule_and_an_old_note_keeps_its_own(world: World) -> None:
    old = world.sale()
    world.time_passes(days=2)
    change(world, minimum=Decimal("100000"))
    assert standing(world, old) is Standing.CLAIMABLE, "what it printed stays true"
    new = world.sale()
    assert standing(world, new) is Standing.NOT_OFFERED
    buyer = Buyer(world.shop)
    buyer.opens(new)
    page = buyer.get("aviso/").content.decode()
    assert "En el portal se facturan compras desde $100,000.00." in page


def test_the_default_use_is_chosen_for_the_buyer(world: World) -> None:
    change(world, default_uso="G01")
    buyer = Buyer(world.shop)
    buyer.opens(world.sale())
    shown = buyer.post("datos/fiscal/", {"rfc": "XOJI740919U48", "regimen_fiscal": "612"}).content.decode()
    chosen = [part for part in shown.split("<input") if "checked" in part]
    assert len(chosen) == 1
    assert 'value="G01"' in chosen[0]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"window_days": 367}, "window_days"),
        ({"window_days": None}, "window_days"),
        ({"grace_days": 5}, "grace_days"),
        ({"until_month_end": True, "grace_days": 32}, "grace_days"),
        ({"minimum": Decimal(-1)}, "minimum"),
        ({"stamps_an_hour": 0}, "stamps_an_hour"),
        ({"stamps_an_hour": 1001}, "stamps_an_hour"),
        ({"corrections": 6}, "corrections"),
        ({"hours_awaited": 0}, "hours_awaited"),
        ({"hours_awaited": 721}, "hours_awaited"),
        ({"usos": ("G01",), "default_uso": "G03"}, "default_uso"),
        ({"generics": (Generic("", " ", "90101501", "E48"),)}, "generics.0.descripcion"),
        ({"generics": (FOOD, Generic("", "Otro", "90101501", "E48"))}, "generics.1.family"),
        ({"generics": (Generic("5", "Comida", "90101501", "E48"),)}, "generics.0.family"),
        ({"generics": (Generic("", "Comida", "99999999", "E48"),)}, "generics.0.clave_prod_serv"),
        ({"generics": (Generic("", "Comida", "90101501", "???"),)}, "generics.0.clave_unidad"),
    ],
)
def test_rules_that_make_no_sense_are_refused(world: World, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        change(world, **facts)
    assert list(refused.value.errors) == [field]
    assert world.scoped(lambda: PortalPolicy.objects.count()) == 1


def test_no_rules_for_yesterday(world: World) -> None:
    today = world.today()
    with pytest.raises(PolicyRefused, match="Elige hoy"):
        world.scoped(
            lambda: set_policy(
                branch_id=None,
                effective_from=today - timedelta(days=1),
                facts=PLAIN,
                catalogs=installed(),
                today=today,
                now=world.now(),
            )
        )


# ------------------------------------------------------------ switches and the rule


def test_the_channel_decides_and_its_buyer_is_told_the_rule(world: World) -> None:
    change(world, sources=("mostrador", "caja-1"))
    away = world.sale()  # of the demo's own till
    assert standing(world, away) is Standing.NOT_OFFERED
    labels = {"mostrador": "el mostrador", "caja-1": "la caja de la terraza"}
    for named, rule in (
        ({}, "En el portal se facturan compras de algunas cajas de la tienda."),
        (
            {"caja-1": labels["caja-1"]},
            "En el portal se facturan compras de la caja de la terraza o algunas otras cajas.",
        ),
        (labels, "En el portal se facturan compras del mostrador o la caja de la terraza."),
    ):
        if named:
            world.scoped(lambda named=named: name_sources(labels=named, now=world.now()))
        buyer = Buyer(world.shop)
        buyer.opens(away)
        text = world.scoped(lambda: print_note_text(ticket=_with_branch(away), paper="80", **PRINTED))
        for paper in (buyer.get("aviso/").content.decode(), spaced(text)):
            assert rule in paper
            assert "caja-1" not in paper
    world.scoped(lambda: Ticket.objects.filter(pk=away.pk).update(source="caja-1"))
    assert standing(world, away) is Standing.CLAIMABLE


def test_a_sale_on_credit_may_be_left_to_the_counter(world: World) -> None:
    change(world, paid_only=True)
    ticket = world.sale()
    assert standing(world, ticket) is Standing.CLAIMABLE
    world.scoped(lambda: Ticket.objects.filter(pk=ticket.pk).update(metodo_pago="PPD", forma_pago="99"))
    assert standing(world, ticket) is Standing.NOT_OFFERED
    buyer = Buyer(world.shop)
    buyer.opens(ticket)
    assert "En el portal se facturan compras ya pagadas." in buyer.get("aviso/").content.decode()


def test_the_rule_of_the_day_of_sale_is_printed_on_every_paper(world: World) -> None:
    old = world.sale()
    world.time_passes(days=2)
    change(world, minimum=Decimal("1.50"), paid_only=True)
    new = world.sale()
    said = "En el portal se facturan compras ya pagadas, desde $1.50."
    for paper in ("80", "58", "carta"):
        pdf = world.scoped(lambda paper=paper: print_note(ticket=_with_branch(new), paper=paper, **PRINTED))
        assert said in spaced(text_of(pdf)), paper
    for paper in ("80", "58"):
        text = world.scoped(lambda paper=paper: print_note_text(ticket=_with_branch(new), paper=paper, **PRINTED))
        assert said in spaced(text)
        sent = world.scoped(lambda paper=paper: print_note_escpos(ticket=_with_branch(new), paper=paper, **PRINTED))
        assert said in spaced(sent.decode("cp850", errors="replace"))
    text = world.scoped(lambda: print_note_text(ticket=_with_branch(old), paper="80", **PRINTED))
    assert "En el portal se facturan" not in text


PRINTED = {"site": "facturas.example", "qr_url": "https://facturas.example/f/x/7K4M9QXW2TRP/100"}


def _with_branch(ticket: Ticket) -> Ticket:
    found: Ticket = Ticket.objects.select_related("branch").get(pk=ticket.pk)
    return found


# ------------------------------------------------------------ uses


@pytest.mark.parametrize("offered", [(), ("G01", "G03"), ("D01",), ("S01",), ("I04", "G01")])
def test_the_uses_of_the_page_are_the_companys_that_the_sat_accepts_for_that_receiver(
    world: World, offered: tuple[str, ...]
) -> None:
    """List ∩ use × regime × persona, G03 or else S01 chosen, P01 never: over every regime of both kinds of person."""
    change(world, usos=offered)
    buyer = Buyer(world.shop)
    buyer.opens(world.sale())
    for rfc, persona in (("XOJI740919U48", "F"), ("SDI190823KX4", "M")):
        for regimen in regimenes_for(persona):
            page = buyer.post("datos/fiscal/", {"rfc": rfc, "regimen_fiscal": regimen}).content.decode()
            inputs = [part for part in page.split("<input") if 'name="uso_cfdi"' in part]
            shown = {part.partition('value="')[2].partition('"')[0] for part in inputs}
            wanted = {u for u in USOS if uso_allowed(u, regimen, persona)} - {"CP01", "CN01", "G02"}
            kept = wanted & set(offered) if offered else wanted
            assert shown == (kept or {"S01"}), (regimen, persona)
            chosen = [part.partition('value="')[2].partition('"')[0] for part in inputs if "checked" in part]
            if {"G03", "S01"} & shown:
                assert chosen == ["G03" if "G03" in shown else "S01"]
            assert "P01" not in shown
