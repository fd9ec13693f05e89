"""Two rows of one customer become one."""

from typing import Any

import pytest

from amate.audit.models import Entry
from amate.customers.accept import accept_profile
from amate.customers.change import verify_customer
from amate.customers.fingerprint import Changed
from amate.customers.merge import MergeRefused, merge_customers, plan_merge
from amate.customers.models import Customer, CustomerWord, FiscalProfile
from amate.customers.propose import propose_profile
from amate.customers.remaining import Merged, lock_live
from amate.customers.search import search
from amate.fiscal.receptor import Receptor
from amate.invoices.models import Invoice
from tests.customers.hands import (
    INGRID,
    JUAN,
    SURCO,
    again,
    calls,
    contacts,
    current,
    two_hands,
    versions,
    written_down,
)
from tests.people import FISICA
from tests.world import Shop, World


def plan(world: World, kept: Customer, merged: Customer) -> Any:
    return world.scoped(
        lambda: plan_merge(
            kept=Customer.objects.get(pk=kept.pk), merged=Customer.objects.get(pk=merged.pk), sat_changed_rfc=False
        )
    )


def join(world: World, kept: Customer, merged: Customer, *, seen: str = "", sat_changed_rfc: bool = False) -> Any:
    seen = seen or plan(world, kept, merged).seen
    return world.scoped(
        lambda: merge_customers(
            kept_id=kept.pk, merged_id=merged.pk, sat_changed_rfc=sat_changed_rfc, seen=seen, now=world.now()
        )
    )


def bought(world: World, receptor: Receptor, shop: Shop | None = None) -> Any:
    """A customer that an invoice in his name brought, as the worker does once it is stamped."""

    def act() -> Customer:
        profile = propose_profile(receptor=receptor, correo="", origin="counter", now=world.now())
        return accept_profile(profile=profile, now=world.now())

    return world.scoped(act, shop)


def test_everything_moves_and_the_other_points_at_who_remains(world: World) -> None:
    world.claim(world.sale(), FISICA)
    world.settle()
    ingrid = world.scoped(lambda: Customer.objects.get())
    public = bought(world, JUAN)
    calls(world, public, nombre="Luz", correo="luz@example.com", receives_invoices=True)
    world.scoped(lambda: Customer.objects.filter(pk=public.pk).update(correo="juan@example.com"))
    planned = plan(world, public, ingrid)
    assert (planned.refusal, planned.moves) == ("", {"FiscalProfile": 1, "Contact": 1})
    assert planned.data.rfc == FISICA["rfc"]
    kept = join(world, public, ingrid)
    assert kept.pk == public.pk
    gone = again(world, ingrid)
    assert (gone.merged_into_id, gone.rfc) == (public.pk, FISICA["rfc"])
    one = again(world, public)
    assert (one.rfc, one.nombre, one.correo) == (FISICA["rfc"], "INGRID XODAR JIMENEZ", "juan@example.com")
    assert versions(world, public) == [(FISICA["rfc"], "76028", True), (JUAN.rfc, "44160", False)]
    assert contacts(world, public) == [
        ("", "ingrid@example.com", False),
        ("Luz", "luz@example.com", True),
    ]
    assert world.scoped(lambda: Invoice.objects.get().profile.customer_id) == public.pk
    [told] = world.scoped(lambda: list(Entry.objects.filter(act="customer.merged")))
    assert (told.about, told.detail["merged"], told.detail["number"]) == (f"customer:{public.pk}", ingrid.pk, 1)


def test_its_own_data_stay_unless_only_the_others_are_real(world: World) -> None:
    ingrid, public = written_down(world, INGRID), bought(world, JUAN)
    join(world, ingrid, public)
    assert current(world, ingrid).rfc == INGRID.rfc
    nobody = written_down(world, nombre="La señora del 5", correo="cinco@example.com")
    surco = written_down(world, SURCO)
    join(world, nobody, surco)
    assert (again(world, nobody).rfc, again(world, nobody).nombre) == (SURCO.rfc, "SURCO DISEÑO")
    assert again(world, nobody).verified_at is not None


def test_again_it_changes_nothing(world: World) -> None:
    ingrid, public = written_down(world, INGRID), bought(world, JUAN)
    seen = plan(world, ingrid, public).seen
    for _ in range(3):
        assert join(world, ingrid, public, seen=seen).pk == ingrid.pk
    assert world.scoped(lambda: Entry.objects.filter(act="customer.merged").count()) == 1


def test_two_taxpayers_are_refused_unless_the_sat_changed_the_rfc(world: World) -> None:
    ingrid, other = (
        written_down(world, INGRID),
        written_down(world, Receptor("XOJI740919AA1", "INGRID XODAR JIMENEZ", "76028", "612", "G03")),
    )
    assert plan(world, ingrid, other).two_rfcs
    with pytest.raises(MergeRefused, match="dos contribuyentes"):
        join(world, ingrid, other)
    assert again(world, other).merged_into_id is None
    join(world, ingrid, other, sat_changed_rfc=True)
    assert current(world, ingrid).rfc == INGRID.rfc
    assert [is_current for *_, is_current in versions(world, ingrid)] == [True, False]
    [told] = world.scoped(lambda: list(Entry.objects.filter(act="customer.merged")))
    assert told.detail["sat_changed_rfc"] is True


def test_it_refuses_itself_and_whoever_was_merged_elsewhere(world: World) -> None:
    ingrid, public, third = written_down(world, INGRID), bought(world, JUAN), written_down(world, nombre="Tercero")
    with pytest.raises(MergeRefused, match="mismo cliente"):
        join(world, ingrid, ingrid)
    join(world, ingrid, public)
    with pytest.raises(MergeRefused, match="ya se unió"):
        join(world, third, public)
    with pytest.raises(MergeRefused, match="ya se unió"):
        join(world, public, third)
    with pytest.raises(Merged) as merged:
        world.scoped(lambda: lock_live(public.pk))
    assert merged.value.into.pk == ingrid.pk


def test_it_refuses_what_changed_since_it_was_looked_at(world: World) -> None:
    ingrid, public = written_down(world, INGRID), bought(world, JUAN)
    seen = plan(world, ingrid, public).seen
    world.scoped(lambda: Customer.objects.filter(pk=public.pk).update(correo="otro@example.com"))
    with pytest.raises(Changed):
        join(world, ingrid, public, seen=seen)
    assert again(world, public).merged_into_id is None


def test_a_later_invoice_of_the_merged_one_is_of_who_remains(world: World) -> None:
    surco, public = written_down(world, SURCO), bought(world, JUAN)
    join(world, surco, public)
    assert bought(world, JUAN).pk == surco.pk
    assert current(world, surco).rfc == SURCO.rfc
    assert world.scoped(lambda: Customer.objects.live().count()) == 1


def test_a_later_invoice_of_an_rfc_that_the_sat_changed_waits_for_review(world: World) -> None:
    old = Receptor("XOJI740919AA1", "INGRID XODAR JIMENEZ", "76028", "612", "G03")
    ingrid, before = bought(world, INGRID), bought(world, old)
    join(world, ingrid, before, sat_changed_rfc=True)
    assert bought(world, Receptor(old.rfc, old.nombre, "44100", "612", "G03")).pk == ingrid.pk
    assert current(world, ingrid).rfc == INGRID.rfc
    assert world.scoped(lambda: FiscalProfile.objects.to_review().get().rfc) == old.rfc


def test_a_chain_of_merges_is_followed_to_its_end(world: World) -> None:
    one, two, three = (
        bought(world, Receptor(JUAN.rfc, f"JUAN {n}", "44160", "616", "S01")) for n in ("UNO", "DOS", "TRES")
    )
    join(world, two, one)
    join(world, three, two)
    assert bought(world, Receptor(JUAN.rfc, "JUAN UNO", "44160", "616", "S01")).pk == three.pk
    for text in ("juan uno", "juan dos", "juan tres"):
        assert [found.pk for found in world.scoped(lambda text=text: search(text=text, limit=5))] == [three.pk]
    assert world.scoped(lambda: CustomerWord.objects.exclude(customer=three).count()) == 0


# ------------------------------------------------------------ at the same moment


def test_an_invoice_stamped_while_two_are_merged_is_of_who_remains(world: World) -> None:
    """The stamp waits at the merged one's lock, and then finds the pointer (C6)."""
    ingrid, public = written_down(world, INGRID), bought(world, JUAN)
    seen = plan(world, ingrid, public).seen
    proposal = world.scoped(lambda: propose_profile(receptor=JUAN, correo="", origin="portal", now=world.now()).pk)
    with two_hands(world) as (staff, worker):
        merging = staff.does(
            lambda: merge_customers(
                kept_id=ingrid.pk, merged_id=public.pk, sat_changed_rfc=False, seen=seen, now=world.now()
            ),
            waits=True,
        )
        stamping = worker.does(
            lambda: accept_profile(profile=FiscalProfile.objects.get(pk=proposal), now=world.now()).pk
        )
        with pytest.raises(TimeoutError):
            stamping.result(timeout=0.5)
        staff.commits()
        assert merging.result(20).pk == ingrid.pk
        assert stamping.result(20) == ingrid.pk
    assert world.scoped(lambda: FiscalProfile.objects.get(pk=proposal).customer_id) == ingrid.pk
    assert [is_current for *_, is_current in versions(world, ingrid)].count(True) == 1
    assert versions(world, public) == []


def test_a_merge_that_waited_for_a_stamp_moves_its_version_too(world: World) -> None:
    old = Receptor("XOJI740919AA1", "INGRID XODAR JIMENEZ", "76028", "612", "G03")
    ingrid, before = bought(world, INGRID), bought(world, old)
    moved = Receptor(old.rfc, old.nombre, "44100", "612", "G03")
    with two_hands(world) as (worker, staff):
        worker.does(
            lambda: accept_profile(
                profile=propose_profile(receptor=moved, correo="", origin="portal", now=world.now()), now=world.now()
            ),
            waits=True,
        )
        seen = plan(world, ingrid, before).seen
        merging = staff.does(
            lambda: merge_customers(
                kept_id=ingrid.pk, merged_id=before.pk, sat_changed_rfc=True, seen=seen, now=world.now()
            )
        )
        with pytest.raises(TimeoutError):
            merging.result(timeout=0.5)
        worker.commits()
        with pytest.raises(Changed):  # what staff looked at is no longer so: they look again
            merging.result(20)
    join(world, ingrid, before, sat_changed_rfc=True)
    assert versions(world, ingrid) == [
        (INGRID.rfc, "76028", True),
        (old.rfc, "76028", False),
        (old.rfc, "44100", False),
    ]


def test_two_merges_that_cross_leave_one_of_them(world: World) -> None:
    ingrid, public = written_down(world, INGRID), bought(world, JUAN)
    there, back = plan(world, ingrid, public).seen, plan(world, public, ingrid).seen
    with two_hands(world) as (one, other):
        first = one.does(
            lambda: merge_customers(
                kept_id=ingrid.pk, merged_id=public.pk, sat_changed_rfc=False, seen=there, now=world.now()
            ),
            waits=True,
        )
        second = other.does(
            lambda: merge_customers(
                kept_id=public.pk, merged_id=ingrid.pk, sat_changed_rfc=False, seen=back, now=world.now()
            )
        )
        with pytest.raises(TimeoutError):
            second.result(timeout=0.5)
        one.commits()
        first.result(20)
        with pytest.raises(MergeRefused, match="ya se unió"):
            second.result(20)
    assert (again(world, public).merged_into_id, again(world, ingrid).merged_into_id) == (ingrid.pk, None)


def test_a_claim_made_before_the_merge_and_stamped_after_it_keeps_its_invoice(world: World) -> None:
    """From the portal to the stamp: the note stays invoiced, and the invoice is found at who remains."""
    world.claim(world.sale(), FISICA)
    world.settle()
    ingrid = world.scoped(lambda: Customer.objects.get())
    world.scoped(lambda: verify_customer(customer_id=ingrid.pk, now=world.now()))
    invoice = world.claim(world.sale(), {**FISICA, "cp": "44100"})
    remains = written_down(world, nombre="Doña Ingrid")
    join(world, remains, ingrid)
    world.settle()
    assert world.invoice(invoice).state == "stamped"
    assert world.scoped(lambda: Invoice.objects.get(pk=invoice.pk).profile.customer_id) == remains.pk
    assert again(world, remains).rfc == FISICA["rfc"]
    assert world.scoped(lambda: FiscalProfile.objects.to_review().get().domicilio_fiscal) == "44100"
