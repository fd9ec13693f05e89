"""Staff write customers down and change them."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from amate.audit.models import Entry
from amate.customers.accept import accept_profile
from amate.customers.add import RfcTaken
from amate.customers.change import HasFiscalData, change_customer, verify_customer
from amate.customers.fingerprint import Changed
from amate.customers.models import Customer, FiscalProfile
from amate.customers.propose import propose_profile
from amate.fiscal.receptor import Receptor
from tests.customers.hands import INGRID, JUAN, SURCO, again, current, seen, two_hands, versions, written_down
from tests.customers.test_merge import bought
from tests.world import World


def change(
    world: World, customer: Customer, receptor: Receptor | None, *, nombre: str = "", correo: str = "", at: str = ""
) -> Any:
    at = at or seen(world, customer)
    return world.scoped(
        lambda: change_customer(
            customer_id=customer.pk, nombre=nombre, receptor=receptor, correo=correo, seen=at, now=world.now()
        )
    )


def acts(world: World, customer: Customer) -> list[tuple[str, Any]]:
    rows = world.scoped(lambda: list(Entry.objects.filter(about=f"customer:{customer.pk}").order_by("id")))
    return [(one.act, one.detail.get("changed")) for one in rows]


def test_by_hand_he_has_a_number_and_verified_data(world: World) -> None:
    ingrid, nobody = written_down(world, INGRID, correo="i@example.com"), written_down(world, nombre="La del 5")
    assert (ingrid.number, nobody.number) == (1, 2)
    assert (ingrid.verified_at is None, nobody.verified_at is None) == (False, True)
    assert versions(world, ingrid) == [(INGRID.rfc, "76028", True)]
    assert acts(world, ingrid) == [("customer.added", None)]


def test_an_rfc_belongs_to_one_customer(world: World) -> None:
    ingrid, surco = written_down(world, INGRID), written_down(world, SURCO)
    with pytest.raises(RfcTaken) as taken:
        written_down(world, INGRID)
    assert taken.value.customer.pk == ingrid.pk
    with pytest.raises(RfcTaken, match="cliente 1, INGRID"):
        change(world, surco, INGRID)
    assert current(world, surco).rfc == SURCO.rfc


def test_other_data_are_a_new_version_and_the_old_one_stays(world: World) -> None:
    ingrid = bought(world, INGRID)
    old = current(world, ingrid)
    change(world, ingrid, replace(INGRID, domicilio_fiscal="44100", regimen_fiscal="626"))
    assert versions(world, ingrid) == [(INGRID.rfc, "76028", False), (INGRID.rfc, "44100", True)]
    assert current(world, ingrid).origin == "staff"
    assert world.scoped(lambda: FiscalProfile.objects.get(pk=old.pk).domicilio_fiscal) == "76028"
    assert again(world, ingrid).verified_at is not None
    assert acts(world, ingrid) == [("customer.changed", ["domicilio_fiscal", "regimen_fiscal"])]


def test_the_same_data_make_no_version_but_staff_answer_for_them(world: World) -> None:
    ingrid = bought(world, INGRID)
    change(world, ingrid, INGRID, correo="nuevo@example.com")
    assert len(versions(world, ingrid)) == 1
    assert (again(world, ingrid).correo, again(world, ingrid).verified_at is None) == ("nuevo@example.com", False)


def test_a_name_alone_may_change_and_become_a_taxpayer(world: World) -> None:
    nobody = written_down(world, nombre="La del 5")
    change(world, nobody, None, nombre="La del 6")
    assert again(world, nobody).search_name == "la del 6"
    change(world, nobody, INGRID)
    assert (again(world, nobody).rfc, again(world, nobody).nombre) == (INGRID.rfc, INGRID.nombre)
    with pytest.raises(HasFiscalData):
        change(world, nobody, None, nombre="La del 7")


def test_under_a_generic_rfc_only_the_mail_changes_until_there_is_a_real_one(world: World) -> None:
    juan = bought(world, JUAN)
    change(world, juan, None, nombre=JUAN.nombre, correo="juan@example.com")
    assert again(world, juan).correo == "juan@example.com"
    with pytest.raises(HasFiscalData):
        change(world, juan, None, nombre="JUAN PERES")
    change(world, juan, INGRID)
    assert again(world, juan).rfc == INGRID.rfc


def test_what_changed_since_it_was_seen_is_not_overwritten(world: World) -> None:
    ingrid = written_down(world, INGRID)
    old = seen(world, ingrid)
    change(world, ingrid, replace(INGRID, domicilio_fiscal="44100"))
    with pytest.raises(Changed):
        change(world, ingrid, replace(INGRID, domicilio_fiscal="44160"), at=old)
    assert current(world, ingrid).domicilio_fiscal == "44100"


def test_of_two_who_save_at_once_the_second_is_told(world: World) -> None:
    ingrid = written_down(world, INGRID)
    at = seen(world, ingrid)

    def saves(cp: str) -> Any:
        return lambda: change_customer(
            customer_id=ingrid.pk,
            nombre="",
            receptor=replace(INGRID, domicilio_fiscal=cp),
            correo="",
            seen=at,
            now=world.now(),
        )

    with two_hands(world) as (ana, leo):
        first = ana.does(saves("44100"), waits=True)
        second = leo.does(saves("44160"))
        with pytest.raises(TimeoutError):
            second.result(timeout=0.5)
        ana.commits()
        first.result(20)
        with pytest.raises(Changed):
            second.result(20)
    assert current(world, ingrid).domicilio_fiscal == "44100"


def test_an_rfc_that_a_stamp_brings_at_this_moment_is_its_customers(world: World) -> None:
    surco = written_down(world, SURCO)
    at = seen(world, surco)
    with two_hands(world) as (worker, staff):
        stamping = worker.does(
            lambda: accept_profile(
                profile=propose_profile(receptor=INGRID, correo="", origin="portal", now=world.now()), now=world.now()
            ),
            waits=True,
        )
        saving = staff.does(partial(answers_taken, surco, at, world.now()))
        with pytest.raises(TimeoutError):
            saving.result(timeout=0.5)
        worker.commits()
        assert saving.result(20).pk == stamping.result(20).pk
    assert current(world, surco).rfc == SURCO.rfc
    assert world.scoped(lambda: FiscalProfile.objects.count()) == 2, "nothing of what staff typed was written"


def answers_taken(customer: Customer, at: str, now: datetime) -> Customer:
    """As a page does: it says whose the RFC is, and its transaction is committed."""
    with pytest.raises(RfcTaken) as taken:
        change_customer(customer_id=customer.pk, nombre="", receptor=INGRID, correo="", seen=at, now=now)
    return taken.value.customer


def test_verifying_twice_is_told_once_and_needs_data(world: World) -> None:
    ingrid, nobody = bought(world, INGRID), written_down(world, nombre="La del 5")
    for customer in (ingrid, ingrid, nobody):
        world.scoped(lambda customer=customer: verify_customer(customer_id=customer.pk, now=world.now()))
    assert acts(world, ingrid) == [("customer.verified", None)]
    assert again(world, nobody).verified_at is None
