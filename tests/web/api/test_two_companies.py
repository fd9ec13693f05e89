"""The key of one company sees nothing of the other, on every operation that the document lists."""

from typing import Any

from amate.billing_cycle.subscriptions.models import Plan, PlanPrice
from amate.companies.day import day_of
from amate.customers.models import Customer
from amate.self_invoicing.models import Ticket
from tests.billing_cycle.subscriptions.wheel import IVA, Wheel, taxes
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
        "refund_id": "D-1",
    }
    refund = f"/tickets/{ticket.source}/{ticket.external_id}/refunds/D-1"
    assert world.api("PUT", refund, {"reason": "x", "importe": "1.00"}, shop=world.other).status_code == 201
    paths = world.client.get("/api/v1/openapi.json").json()["paths"]
    looked, puts = 0, []
    for path, operations in paths.items():
        if path in LISTS or path.startswith(WHEEL):
            continue  # below
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
                if path.endswith("/refunds/{refund_id}"):
                    assert world.api("PUT", address, {"reason": "x"}).status_code == 404
                    continue
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
    assert looked == 11


LISTS = ("/api/v1/customers", "/api/v1/subscriptions", "/api/v1/receivables")
WHEEL = ("/api/v1/customers/", "/api/v1/subscriptions/", "/api/v1/payments/")
BODIES = {
    "/stop": {"reason": "Se muda"},
    "/pause": {"from_on": "2030-01-01"},
    "/charges/{charge_id}": {"concept": "GB", "amount": "1.00"},
    "/reverse": {"why": "cancelled", "reason": "x"},
}
FIRST = {
    "/api/v1/subscriptions/{external_id}": {"customer": "K", "plan": "internet", "starts_on": "2030-01-01"},
    "/api/v1/payments/{source}/{external_id}": {"customer": "K", "amount": "1.00", "forma_pago": "01"},
}


def test_the_wheel_of_the_other_is_not_reached_by_its_keys(world: World) -> None:
    _turn_the_wheel_of(world, world.other)
    named = {"external_id": "K", "source": "caja", "charge_id": "C-1"}
    looked = 0
    for path, operations in world.client.get("/api/v1/openapi.json").json()["paths"].items():
        address = path.removeprefix("/api/v1")
        if path in LISTS:
            assert world.api("GET", address, shop=world.other).json()["items"], path
            assert world.api("GET", address).json()["items"] == [], path
        elif path.startswith(WHEEL):
            for method in operations:
                _is_not_reached(world, method, path, address.format(**named))
                looked += 1
    assert looked == 12
    assert world.api("PUT", "/customers/K", {"nombre": "Ana"}).status_code == 201
    assert world.api("GET", "/customers/K", shop=world.other).json()["nombre"] == "Rosa"


def _turn_the_wheel_of(world: World, shop: Any) -> None:
    """A customer, a subscription and a payment of one key, and what is owed."""
    Wheel(world).plan()  # ours has one of the same key

    def plan() -> None:
        made = Plan.objects.create(key="internet", nombre="Internet", concept="Internet", clave_prod_serv="81112100",
                                   changed_at=world.now())  # fmt: skip
        PlanPrice.objects.create(
            plan=made, valid_from="2020-01-01", amount="599.00", includes_tax=True, taxes=taxes(IVA)
        )

    world.scoped(plan, shop)
    starts_on = world.scoped(lambda: day_of(world.now()), shop).isoformat()  # theirs may be another day than ours
    rosa = {"customer": "K", "plan": "internet", "starts_on": starts_on}
    paid = {"customer": "K", "amount": "1.00", "forma_pago": "01"}
    for path, body in (("/customers/K", {"nombre": "Rosa"}), ("/subscriptions/K", rosa), ("/payments/caja/K", paid)):
        assert world.api("PUT", path, body, shop=shop).status_code == 201, path
    world.settle()


def _is_not_reached(world: World, method: str, path: str, address: str) -> None:
    body = next((body for tail, body in BODIES.items() if path.endswith(tail)), None)
    if method == "put" and path in FIRST:
        answer = world.api("PUT", address, FIRST[path])
        assert answer.json()["errors"][0]["pointer"] == "/customer", answer.content
        return
    if (method, path) == ("put", "/api/v1/customers/{external_id}"):
        return  # at the end
    answer = world.api(method.upper(), address, None if method in ("get", "delete") else body)
    assert answer.status_code == 404, (path, answer.content)


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
