"""An act is noted with who did it, once, and cannot be changed afterwards."""

from typing import Any

import pytest
from django.db import IntegrityError

from amate.audit.models import ActorKind, Entry
from amate.audit.record import Actor, acting, record


def noted(world: Any) -> list[tuple[str, str, str]]:
    return list(world.scoped(lambda: [(e.actor_kind, e.actor, e.act) for e in Entry.objects.order_by("id")]))


def test_without_anybody_it_was_the_system(world: Any) -> None:
    world.scoped(lambda: record("night.run", about="", now=world.now()))
    assert noted(world) == [("system", "", "night.run")]


def test_who_acts_is_who_the_edge_says(world: Any) -> None:
    def act() -> None:
        with acting(Actor(ActorKind.PERSON, "ana@example.com", "abc")):
            record("ticket.locked", about="ticket:1", now=world.now(), reason="devolución")
        record("after", about="", now=world.now())

    world.scoped(act)
    assert noted(world) == [("person", "ana@example.com", "ticket.locked"), ("system", "", "after")]
    first = world.scoped(lambda: Entry.objects.earliest("id"))
    assert (first.request_id, first.detail) == ("abc", {"reason": "devolución"})


def test_it_vanishes_with_the_act_that_failed(world: Any) -> None:
    def fails() -> None:
        record("ticket.locked", about="ticket:1", now=world.now())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        world.scoped(fails)
    assert noted(world) == []


@pytest.mark.parametrize("change", ["update", "delete"])
def test_what_was_noted_is_never_changed(world: Any, change: str) -> None:
    world.scoped(lambda: record("ticket.locked", about="ticket:1", now=world.now()))
    acts = {"update": lambda: Entry.objects.update(actor="otro"), "delete": lambda: Entry.objects.all().delete()}
    with pytest.raises(IntegrityError, match="never changed"):
        world.scoped(acts[change])
