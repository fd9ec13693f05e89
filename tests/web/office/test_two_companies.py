"""Staff of one company see nothing of the other, on every address that the resolver knows."""

from typing import Any

from django.test import Client

from amate.access.models import ApiKey, Membership, Role
from amate.companies.models import Branch
from amate.promises.models import Promise
from amate.self_invoicing.models import Ticket
from tests.web.office import desk, plenty
from tests.web.office.subscriptions.billed import billed
from tests.web.who_may_what import OFFICE, lines, office_addresses, office_path
from tests.world import Shop, World


def test_every_address_of_the_other_company_is_not_found(world: World) -> None:
    theirs = things_of(world, world.other)
    owner, stranger = world.log_in(world.other), world.log_in(world.shop)
    for name, method, path in _addresses(world.other.slug, theirs):
        assert _ask(world, stranger, method, path).status_code == 404, name
        assert _ask(world, owner, method, path).status_code in (200, 302, 422), name


def test_every_thing_of_the_other_company_is_not_found_at_our_own_address(world: World) -> None:
    theirs = things_of(world, world.other)
    mine = world.log_in(world.shop)
    before = world.scoped(lambda: list(Promise.objects.values_list("key", "asked")), world.other)
    looked = 0
    for name, method, path in _addresses(world.shop.slug, theirs):
        if "<" in name:
            assert _ask(world, mine, method, path).status_code == 404, name
            looked += 1
    assert looked >= 7
    assert world.scoped(lambda: list(Promise.objects.values_list("key", "asked")), world.other) == before


def test_a_list_never_shows_a_row_of_the_other(world: World) -> None:
    desk.stamped(world, shop=world.other)
    theirs = world.scoped(lambda: Ticket.objects.get(), world.other)
    mine = world.log_in(world.shop)
    for room in ("", "notas/", "facturas/", "pendientes/"):
        page = _ask(world, mine, "GET", world.shop.office + room).content.decode()
        assert theirs.folio not in page
        assert "XOJI740919U48" not in page


def test_without_a_session_every_address_asks_who_you_are(world: World) -> None:
    for name, method, path in _addresses(world.shop.slug, things_of(world, world.shop)):
        answer = _ask(world, Client(), method, path)
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/cuenta/login/?next="), name


def test_who_belongs_to_nothing_is_told_whom_to_ask(world: World) -> None:
    client = world.log_in()
    world.inside(lambda: Membership.objects.all().delete())
    page = world.inside(lambda: client.get("/oficina/"))
    assert "Pide a quien administra" in page.content.decode()
    assert world.inside(lambda: client.get(world.shop.office)).status_code == 404


def test_who_belongs_to_one_company_goes_straight_in(world: World) -> None:
    client = world.log_in()
    assert world.inside(lambda: client.get("/oficina/"))["Location"] == world.shop.office


def test_who_belongs_to_two_companies_chooses(world: World) -> None:
    client = world.log_in()
    world.inside(
        lambda: Membership.objects.create(user=world.shop.owner, company=world.other.company, role=Role.SUPPORT)
    )
    page = world.inside(lambda: client.get("/oficina/")).content.decode()
    assert world.shop.office in page
    assert world.other.office in page


def things_of(world: World, shop: Shop) -> dict[str, int]:
    """One thing of each kind that an address may name."""
    invoice = desk.stamped(world, shop=shop)
    desk.refused_for_staff(world, shop=shop)
    return {
        "ticket_id": world.scoped(lambda: Ticket.objects.earliest("id").pk, shop),
        "invoice_id": invoice.pk,
        "branch_id": world.scoped(lambda: Branch.objects.earliest("id").pk, shop),
        "promise_id": world.scoped(lambda: Promise.objects.given_up().get().pk, shop),
        "member_id": world.inside(lambda: Membership.objects.get(company=shop.company).pk),
        "invitation_id": world.scoped(lambda: desk.invited(world, shop=shop).pk, shop),
        "message_id": world.scoped(lambda: desk.astray(world, invoice), shop),
        **desk.banked(world, shop=shop),
        "batch_id": desk.uploaded(world, shop=shop),
        "product_id": desk.listed(world, shop=shop),
        "view_id": plenty.view(world, shop=shop),
        "run_id": plenty.run(world, shop=shop),
        **desk.known_twice(world, shop=shop),
        **billed(world, shop),
        **desk.owing(world, shop=shop),
        "hook_id": desk.hooked(world, shop=shop),
        "case_id": desk.asked_for_help(world, shop=shop),
        **world.scoped(lambda: desk.asked_to_cancel(world, invoice), shop),
        "key_id": world.inside(lambda: ApiKey.objects.filter(company=shop.company).latest("id").pk),
    }


def _addresses(slug: str, things: dict[str, int]) -> list[tuple[str, str, str]]:
    """(address, method, path) of every page under /oficina/{slug}/, from the resolver itself."""
    methods = {line.address: line.method for line in reversed(lines(OFFICE))}
    found = office_addresses()
    assert len(found) >= 11
    return [(one, methods[one], office_path(one, slug=slug, things=things)) for one in found]


def _ask(world: World, client: Client, method: str, path: str) -> Any:
    return world.inside(lambda: client.generic(method, path))
