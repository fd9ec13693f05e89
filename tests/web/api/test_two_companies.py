"""The key of one company sees nothing of the other, on every operation that the document lists."""

from typing import Any

from amate.customers.models import Customer
from amate.self_invoicing.models import Ticket
from tests.web.api.sales import sale
from tests.web.office import desk
from tests.world import World


def test_every_operation_hides_what_belongs_to_the_other(world: World) -> None:
    invoice = desk.stamped(world, shop=world.other)
    ticket = world.scoped(lambda: Ticket.objects.get(), world.other)
    known = world.scoped(lambda: Customer.objects.get().number, world.other)
    theirs = {
        "code": ticket.code,
        "uuid": str(invoice.uuid),
        "source": ticket.source,
        "external_id": ticket.external_id,
    }
    paths = world.client.get("/api/v1/openapi.json").json()["paths"]
    looked, puts = 0, []
    for path, operations in paths.items():
        address = path.removeprefix("/api/v1").format(**theirs)
        for method in operations:
            if path == "/api/v1/standing":  # of many: each hears of its own
                assert [one["customer"] for one in world.api("GET", address, shop=world.other).json()["items"]] == [
                    known
                ]
                assert world.api("GET", address).json()["items"] == []
            elif path == "/api/v1/standing.csv":
                rows = [world.api("GET", address, shop=who).content.decode().splitlines() for who in world.shops]
                assert [len(one) for one in rows] == [2, 3]  # the heads, a line each, and how many they are
            elif method == "get":
                assert world.api("GET", address, shop=world.other).status_code == 200, path
                assert world.api("GET", address).status_code == 404, path
                looked += 1
            elif method == "put":
                assert path == "/api/v1/tickets/{source}/{external_id}"
                puts.append(address)
            elif path == "/api/v1/code-blocks":
                _a_block_is_of_its_own(world)
            elif path == "/api/v1/validate/cfdi":
                continue  # it looks at what it is sent, and at nothing that is kept
            else:
                assert path.startswith("/api/v1/tickets/{source}/{external_id}")
                assert world.api(method.upper(), address, {"reason": "x"}).status_code == 404, path
                looked += 1
    for address in puts:
        _put_makes_a_note_of_its_own(world, address, ticket)
    assert looked == 10


def _a_block_is_of_its_own(world: World) -> None:
    theirs = world.api("POST", "/code-blocks", {"source": "caja-9", "count": 1}, shop=world.other).json()["codes"][0]
    answer = world.api("PUT", "/tickets/caja-9/A-1", sale(code=theirs))
    assert answer.json()["errors"][0]["pointer"] == "/code"


def _put_makes_a_note_of_its_own(world: World, address: str, theirs: Any) -> None:
    answer = world.api("PUT", address, sale())
    assert answer.status_code == 201
    assert answer.json()["code_bare"] != theirs.code
    unchanged = world.scoped(lambda: Ticket.objects.get(), world.other)
    assert (unchanged.code, unchanged.total) == (theirs.code, theirs.total)


def test_a_branch_of_the_other_is_unknown(world: World) -> None:
    answer = world.api("PUT", "/tickets/caja-1/A-1", sale(branch=world.other.branch.code))
    assert answer.status_code == 422
    assert world.other.branch.code not in answer.json()["errors"][0]["detail"].split("Tus sucursales")[1]
