"""Every number of a series is a document or a listed void (FEATURES 148)."""

from typing import Any

from amate.companies.folios import leave_out
from amate.invoices.models import State
from amate.invoices.search import find_invoices
from amate.invoices.voids import voids
from tests.invoices.life import issued
from tests.invoices.test_credit import credit


def test_a_refused_number_and_those_left_out_are_listed_with_their_cause(world: Any) -> None:
    first = issued(world)
    world.pac.admin("lists", {"mode": "strict", "receivers": {}}, method="PUT")
    refused = issued(world)
    assert refused.state == State.REFUSED
    world.pac.admin("lists", {}, method="PUT")
    issued(world)
    world.scoped(lambda: leave_out(series=first.serie, count=10))
    found = world.scoped(lambda: voids(serie=first.serie))
    assert [(one.first, one.last, one.why) for one in found] == [
        (refused.folio, refused.folio, "Rechazada o por corregir"),
        (4, 1000, "No se asignó"),
    ]


def test_a_credit_note_is_found_by_its_number(world: Any) -> None:
    note = credit(world, issued(world, "1160.00"), "16.00")
    world.settle()
    note = world.invoice(note)
    assert world.scoped(lambda: find_invoices(text=note.number, most=9).exact) == note.pk
    assert note.pk in world.scoped(lambda: find_invoices(text="1", most=9).ids)
