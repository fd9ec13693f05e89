"""Whoever holds code and total sees and prints the note again, as often as a person needs to and no more."""

from datetime import timedelta
from typing import Any

import pytest

from amate.audit.models import ActorKind, Entry
from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Ticket
from tests.papers.reading import text_of
from tests.web.portal.buyer import Buyer, words
from tests.world import World


@pytest.fixture
def buyer(world: World) -> Buyer:
    return Buyer(world.shop)


def printed(world: World, buyer: Buyer, **query: str) -> Any:
    return world.inside(lambda: buyer.get("nota.pdf", data=query))


@pytest.mark.parametrize("paper", ["80", "carta"])
def test_the_holder_prints_it_with_the_same_code_and_deadline(world: World, buyer: Buyer, paper: str) -> None:
    ticket = world.sale()
    world.inside(lambda: buyer.opens(ticket))
    assert "nota.pdf?papel=" in words(world.inside(lambda: buyer.get("datos/")))
    answer = printed(world, buyer, papel=paper)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"].startswith("inline")
    text = text_of(answer.content)
    assert show_code(ticket.code) in text
    assert ticket.folio in text
    entry = world.scoped(lambda: Entry.objects.get(act="note.reprinted"))
    assert (entry.about, entry.actor_kind, entry.detail) == (f"ticket:{ticket.pk}", ActorKind.VISITOR, {"papel": paper})


def test_who_proved_nothing_sees_no_note(world: World, buyer: Buyer) -> None:
    world.sale()
    answer = printed(world, buyer)
    assert answer["Location"] == buyer.url("?aviso=visita")
    assert world.scoped(lambda: Entry.objects.filter(act="note.reprinted").count()) == 0


def test_it_is_there_when_the_window_is_over_and_when_it_is_invoiced(world: World, buyer: Buyer) -> None:
    late = world.sale()
    world.scoped(lambda: Ticket.objects.filter(pk=late.pk).update(deadline=world.now() - timedelta(days=1)))
    world.inside(lambda: buyer.opens(late))
    assert "nota.pdf?papel=" in words(world.inside(lambda: buyer.get("aviso/")))
    assert printed(world, buyer).status_code == 200
    ticket = world.sale()
    world.inside(lambda: buyer.gets_it(ticket))
    world.settle()
    assert "nota.pdf?papel=" in words(world.inside(lambda: buyer.get("listo/")))
    assert ticket.folio in text_of(printed(world, buyer, papel="carta").content)


def test_a_cancelled_sale_is_not_handed_out_again(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    world.inside(lambda: buyer.opens(ticket))
    world.scoped(lambda: Ticket.objects.filter(pk=ticket.pk).update(state="void"))
    assert printed(world, buyer).status_code == 404
    assert "nota.pdf" not in words(world.inside(lambda: buyer.get("aviso/")))


def test_it_is_printed_only_so_often_an_hour(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    world.inside(lambda: buyer.opens(ticket))
    for _ in range(12):
        assert printed(world, buyer).status_code == 200
    answer = printed(world, buyer)
    assert answer.status_code == 429
    assert "Esta nota ya se abrió muchas veces" in words(answer)
    assert int(answer["Retry-After"]) > 0
    other = Buyer(world.shop)
    world.inside(lambda: other.opens(ticket))
    assert printed(world, other).status_code == 429, "it is the note that is counted, not the browser"
    world.time_passes(hours=1)
    assert printed(world, buyer).status_code == 200


def test_a_paper_of_tills_is_not_for_buyers(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    world.inside(lambda: buyer.opens(ticket))
    assert printed(world, buyer, papel="58").status_code == 404
