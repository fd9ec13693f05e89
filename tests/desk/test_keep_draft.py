"""Drafts as rows: one a person and form, none too large, none too many, none for ever."""

from datetime import UTC, datetime, timedelta

import pytest

from amate.access.models import Membership, Role, User
from amate.desk.keep_draft import (
    KEPT,
    LARGEST,
    MOST,
    TooLarge,
    Typed,
    drop_draft,
    find_draft,
    forget_old_drafts,
    keep_draft,
)
from amate.desk.models import Draft
from amate.worker.clock import _forget
from tests.world import Shop, World

NOW = datetime(2026, 11, 21, 20, 7, tzinfo=UTC)


def keep(world: World, *, form: str = "sale", typed: Typed = (("pago", "01"),), at: datetime = NOW) -> None:
    world.scoped(lambda: keep_draft(owner_id=world.shop.owner.pk, form=form, typed=typed, now=at))


def found(world: World, *, form: str = "sale", at: datetime = NOW, shop: Shop | None = None) -> Draft | None:
    return world.scoped(lambda: find_draft(owner_id=world.shop.owner.pk, form=form, now=at), shop)


def test_the_last_words_are_found_and_every_value_of_a_field(world: World) -> None:
    keep(world, typed=[("usos", "G01")])
    keep(world, typed=[("usos", "G01"), ("usos", "G03")], at=NOW + timedelta(seconds=3))
    draft = found(world)
    assert draft is not None
    assert (draft.typed, draft.saved_at) == ([["usos", "G01"], ["usos", "G03"]], NOW + timedelta(seconds=3))
    assert world.scoped(Draft.objects.count) == 1
    assert found(world, form="customer:12") is None


def test_another_person_and_another_company_find_nothing(world: World) -> None:
    keep(world)

    def hire() -> int:
        leo = User.objects.create_user("leo@amate.example", "x")
        Membership.objects.create(user=leo, company=world.shop.company, role=Role.OWNER)
        Membership.objects.create(user=world.shop.owner, company=world.other.company, role=Role.OWNER)
        return int(leo.pk)

    leo = world.inside(hire)
    assert world.scoped(lambda: find_draft(owner_id=leo, form="sale", now=NOW)) is None
    assert found(world, shop=world.other) is None
    world.scoped(lambda: drop_draft(owner_id=leo, form="sale"))
    world.scoped(lambda: drop_draft(owner_id=world.shop.owner.pk, form="sale"), world.other)
    assert found(world) is not None
    world.scoped(lambda: drop_draft(owner_id=world.shop.owner.pk, form="sale"))
    assert found(world) is None


def test_too_much_is_refused_and_what_was_kept_stays(world: World) -> None:
    keep(world, typed=[("nota", "x" * (LARGEST - 14))])
    with pytest.raises(TooLarge):
        keep(world, typed=[("nota", "ñ" * (LARGEST // 2))])
    draft = found(world)
    assert draft is not None
    assert draft.typed[0][1].startswith("x")


def test_the_oldest_gives_way_when_a_person_has_many(world: World) -> None:
    for n in range(MOST + 2):
        keep(world, form=f"customer:{n}", at=NOW + timedelta(seconds=n))
    assert world.scoped(Draft.objects.count) == MOST
    assert found(world, form="customer:1") is None
    assert found(world, form="customer:2") is not None


def test_the_beat_forgets_what_nobody_came_back_for(world: World) -> None:
    keep(world, form="sale")
    keep(world, form="customer:new", at=NOW + timedelta(days=2))
    assert found(world, at=NOW + KEPT) is None  # even before the beat
    assert world.scoped(lambda: forget_old_drafts(now=NOW + KEPT - timedelta(seconds=1))) == 0
    world.inside(lambda: _forget(NOW + KEPT))
    assert world.scoped(lambda: list(Draft.objects.values_list("form", flat=True))) == ["customer:new"]
