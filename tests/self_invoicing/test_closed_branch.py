"""A closed branch sells no more, wherever a sale comes in; what it sold before is registered and invoiced."""

from datetime import timedelta
from typing import Any

import pytest

from amate.companies.branches import BranchFacts, add_branch, close_branch, open_branch_again
from amate.companies.models import Branch
from amate.invoices.models import State
from amate.self_invoicing.models import Ticket
from tests.web.api.sales import sale
from tests.web.office.desk import Office
from tests.world import World


@pytest.fixture
def norte(world: World) -> Branch:
    """Open until a moment ago."""

    def act() -> Branch:
        facts = BranchFacts(code="norte", nombre="Norte", cp="22000", serie="N", address="Calle 3a")
        branch = add_branch(facts=facts, now=world.now() - timedelta(days=3))
        close_branch(branch_id=branch.pk, now=world.now() - timedelta(days=1))
        found: Branch = Branch.objects.get(pk=branch.pk)
        return found

    return world.scoped(act)


def put(world: World, name: str, **said: Any) -> Any:
    return world.api("PUT", f"/tickets/caja-1/{name}", sale(**said))


def test_a_sale_after_the_closing_is_refused_at_its_field(world: World, norte: Branch) -> None:
    answer = put(world, "A-1", branch="norte", sold_at=world.now().isoformat())
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/branch"
    assert error["detail"].startswith("La sucursal Norte está cerrada desde el ")
    assert not world.scoped(Ticket.objects.exists)


def test_a_till_that_was_offline_still_brings_what_it_sold_before(world: World, norte: Branch) -> None:
    answer = put(world, "A-2", branch="norte", sold_at=(world.now() - timedelta(days=2)).isoformat())
    assert answer.status_code == 201
    ticket = world.scoped(lambda: Ticket.objects.select_related("branch").get())
    assert ticket.branch.code == "norte"
    invoice = world.claim(ticket)
    world.settle()
    assert world.invoice(invoice).state == State.STAMPED, "its notes live on"


def test_a_till_that_names_no_branch_means_the_only_open_one(world: World, norte: Branch) -> None:
    moment = world.now().isoformat()
    assert put(world, "A-3", sold_at=moment).json()["branch"] == world.shop.branch.code
    before = put(world, "A-5", sold_at=(world.now() - timedelta(days=2)).isoformat())
    assert before.status_code == 422, "either of them may have made it that day"
    world.scoped(lambda: open_branch_again(branch_id=norte.pk, now=world.now()))
    refused = put(world, "A-4")
    assert refused.status_code == 422
    assert "norte" in refused.json()["errors"][0]["detail"]


def test_the_counter_and_the_portals_help_do_not_offer_it(world: World, norte: Branch) -> None:
    office = Office(world)
    assert "Norte" not in office.text("mostrador/venta/")
    page = world.inside(lambda: world.client.get(f"{world.shop.portal}ayuda/")).content.decode()
    assert "Calle 3a" not in page
