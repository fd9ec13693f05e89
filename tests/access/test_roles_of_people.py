"""Changing roles and letting people go: never without an owner, never above one's own hand."""

import threading
from functools import partial
from typing import Any

import pytest
from django.db import connections

from amate.access.change_role import change_role
from amate.access.members import NoSuchPerson, NotAllowed
from amate.access.models import Role
from amate.access.remove_person import remove_person
from amate.audit.models import Entry
from amate.tenancy.scope import company_scope
from tests.access.team import hired, owner_of, roles_in
from tests.world import World

ANA, LEO = "ana@amate.example", "leo@amate.example"


def last_act(world: World) -> tuple[str, str, Any]:
    entry = world.scoped(lambda: Entry.objects.latest("id"))
    return entry.act, entry.about, entry.detail


def test_a_role_is_changed_and_noted(world: World) -> None:
    leo = hired(world, LEO, Role.CASHIER)
    world.scoped(
        partial(change_role, membership_id=leo.pk, role=Role.ACCOUNTANT, by=Role.ADMIN, session=None, now=world.now())
    )
    assert roles_in(world)[LEO] == "accountant"
    assert last_act(world) == (
        "person.role_changed",
        f"person:{leo.user_id}",
        {"mail": LEO, "before": "cashier", "role": "accountant"},
    )


def test_the_same_role_again_is_no_act(world: World) -> None:
    leo = hired(world, LEO, Role.CASHIER)
    count = world.scoped(Entry.objects.count)
    world.scoped(
        partial(change_role, membership_id=leo.pk, role=Role.CASHIER, by=Role.ADMIN, session=None, now=world.now())
    )
    assert world.scoped(Entry.objects.count) == count


def test_the_last_owner_is_neither_demoted_nor_removed(world: World) -> None:
    ana = owner_of(world)
    with pytest.raises(NotAllowed, match="nombra antes a otro"):
        world.scoped(
            partial(change_role, membership_id=ana.pk, role=Role.ADMIN, by=Role.OWNER, session=None, now=world.now())
        )
    with pytest.raises(NotAllowed, match="nombra antes a otro"):
        world.scoped(partial(remove_person, membership_id=ana.pk, by=ana, session=None, now=world.now()))
    assert roles_in(world) == {ANA: "owner"}


def test_one_of_two_owners_may_go(world: World) -> None:
    ana, leo = owner_of(world), hired(world, LEO, Role.OWNER)
    world.scoped(partial(remove_person, membership_id=ana.pk, by=ana, session=None, now=world.now()))
    assert roles_in(world) == {LEO: "owner"}
    assert last_act(world) == ("person.removed", f"person:{ana.user_id}", {"mail": ANA, "role": "owner"})
    with pytest.raises(NotAllowed):
        world.scoped(partial(remove_person, membership_id=leo.pk, by=leo, session=None, now=world.now()))


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ACCOUNTANT, Role.CASHIER, Role.SUPPORT, Role.COLLECTOR])
def test_only_an_owner_makes_changes_or_removes_an_owner(world: World, role: Role) -> None:
    ana, leo = owner_of(world), hired(world, LEO, role)
    hired(world, "eva@amate.example", Role.OWNER)
    for act in (
        partial(change_role, membership_id=leo.pk, role=Role.OWNER, by=role, session=None, now=world.now()),
        partial(change_role, membership_id=ana.pk, role=Role.CASHIER, by=role, session=None, now=world.now()),
        partial(remove_person, membership_id=ana.pk, by=leo, session=None, now=world.now()),
    ):
        with pytest.raises(NotAllowed, match="Solo quien es dueño"):
            world.scoped(act)
    assert roles_in(world)[ANA] == "owner"


def test_anybody_may_leave(world: World) -> None:
    leo = hired(world, LEO, Role.SUPPORT)
    world.scoped(partial(remove_person, membership_id=leo.pk, by=leo, session=None, now=world.now()))
    assert LEO not in roles_in(world)


def test_a_person_of_another_company_is_nobody_here(world: World) -> None:
    ana, theirs = owner_of(world), owner_of(world, shop=world.other)
    with pytest.raises(NoSuchPerson):
        world.scoped(
            partial(
                change_role, membership_id=theirs.pk, role=Role.CASHIER, by=Role.OWNER, session=None, now=world.now()
            )
        )
    with pytest.raises(NoSuchPerson):
        world.scoped(partial(remove_person, membership_id=theirs.pk, by=ana, session=None, now=world.now()))
    assert set(roles_in(world, shop=world.other).values()) == {"owner"}


def test_two_owners_who_demote_each_other_at_once_leave_one(world: World) -> None:
    pair = [owner_of(world), hired(world, LEO, Role.OWNER)]
    together, refused = threading.Barrier(2), []

    def demote(target: Any) -> None:
        try:
            with company_scope(world.shop.company.pk):
                together.wait(20)
                change_role(membership_id=target.pk, role=Role.SUPPORT, by=Role.OWNER, session=None, now=world.now())
        except NotAllowed as told:
            refused.append(str(told))
        finally:
            connections.close_all()

    for _ in range(5):
        threads = [threading.Thread(target=demote, args=(one,)) for one in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted(roles_in(world).values()) == ["owner", "support"]
        world.inside(lambda: type(pair[0]).objects.filter(pk__in=[one.pk for one in pair]).update(role=Role.OWNER))
    assert len(refused) == 5
