"""Every address and every operation against the tables of who may what (tests/web/who_may_what.py)."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from python_calamine import CalamineWorkbook

from amate.access.keys import SCOPES, make_api_key
from amate.access.limit import forget_old_buckets
from amate.access.may import MAY_EXPORT
from amate.access.models import Membership, Role, User
from amate.audit.models import Entry
from amate.desk.acts import ACTS
from amate.desk.models import Run, RunPiece
from amate.promises.models import Promise
from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Ticket
from amate.tenancy.scope import company_scope
from amate.web.api.api import api
from tests.web.api.sales import sale
from tests.web.office import desk
from tests.web.office.test_two_companies import things_of
from tests.web.who_may_what import (
    API,
    CODES,
    COMPANY,
    EVERYBODY,
    MANY,
    OFFICE,
    addresses,
    column,
    lines,
    office_addresses,
    office_path,
)
from tests.world import PASSWORD, World

T = TypeVar("T")
METHODS = ("GET", "POST")
DONE = {200, 302, 409, 422}
NO_LINE = {"stranger": "405 login", "person": "405 none"}
BACKEND = "django.contrib.auth.backends.ModelBackend"
OPERATIONS = [tuple(row.split()) for row in API.strip().splitlines()[1:]]


def test_every_address_of_the_office_has_its_line() -> None:
    assert set(office_addresses()) == {line.address for line in lines(OFFICE)}


def test_every_other_address_has_its_line() -> None:
    found = {one or "." for one in addresses(get_resolver().url_patterns) if not one.startswith((COMPANY, "api/v1/"))}
    assert found | {"api/v1/openapi.json"} == {line.address for line in lines(EVERYBODY)}


def test_every_operation_of_the_api_has_its_line() -> None:
    found = {
        (method, prefix + path)
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }
    assert found == {(method, path) for method, path, _ in OPERATIONS}
    assert {scope for _, _, scope in OPERATIONS} == set(SCOPES)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_what_its_column_says(world: World, role: Role) -> None:
    """Refused means 403 and no trace: nothing noted, nothing promised. Each request is undone, so none spoils the next."""
    things = things_of(world, world.shop)
    world.inside(lambda: Membership.objects.filter(user=world.shop.owner).update(role=role))
    client = world.log_in()
    table = {(line.address, line.method): line.answers[role] for line in lines(OFFICE)}
    wrong = []
    for address in office_addresses():
        path = office_path(address, slug=world.shop.slug, things=things)
        for method in METHODS:
            word, (status, traces) = table.get((address, method)), _tried(world, client, method, path)
            fits = {"yes": status in DONE, "-": (status, traces) == (403, 0), None: status == 405}[word]
            if not fits:
                wrong.append((address, method, word, status, traces))
    assert wrong == [], "\n".join(map(str, wrong))


@pytest.mark.parametrize("role", list(Role))
def test_each_role_does_to_many_rows_what_its_column_says(world: World, role: Role) -> None:
    world.inside(lambda: Membership.objects.filter(user=world.shop.owner).update(role=role))
    client, said = world.log_in(), {}
    for act in ACTS.values():
        path = f"{world.shop.office}{act.listing}/varias/?acto={act.name}&todas=1"
        status = world.inside(lambda path=path: client.get(path)).status_code
        said[act.name] = {200: "yes", 403: "-"}[status]
    assert said == column(MANY, role)


@pytest.mark.parametrize("role", list(Role))
def test_only_who_invoices_or_hands_out_notes_sees_a_whole_code(world: World, role: Role) -> None:
    """On no page that lists or shows it, in no file, and not symbol by symbol through a search."""
    ticket = world.sale()
    world.inside(lambda: Membership.objects.filter(user=world.shop.owner).update(role=role))
    client, code = world.log_in(), ticket.code

    def text(path: str) -> str:
        answer = world.inside(lambda: client.get(world.shop.office + path))
        assert answer.status_code == 200
        if path.endswith("xlsx"):
            return str(CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python())
        return str(answer.content.decode())

    places = ["", "notas/", f"notas/{ticket.pk}/", f"mostrador/?q={ticket.folio[:3]}", f"buscar/?q={ticket.folio[:4]}"]
    files = ["notas/exportar/?formato=csv", "notas/exportar/?formato=xlsx"] if role in MAY_EXPORT else []
    places += files
    said = {place: text(place) for place in places}
    whole = {place for place, page in said.items() if show_code(code) in page or code in page}
    told = {place for place, page in said.items() if code[-4:] in page}
    guessed = [f"notas/?q={code[:5]}", f"mostrador/?q={code[:5]}", f"buscar/?q={code[:5]}&vista=lista"]
    found = {place for place in guessed if ticket.folio in text(place)}
    if column(CODES, role)["whole"] == "yes":
        assert (whole, found) == (told, set(guessed))
    else:
        assert (whole, found) == (set(), set())
    assert told >= {"notas/", f"notas/{ticket.pk}/", *files}
    typed = world.inside(lambda: client.get(f"{world.shop.office}notas/?q={show_code(code)}")).content.decode()
    assert ticket.folio in typed, "who is told a whole code finds its note"


@pytest.mark.parametrize("kind", ["zip", "xlsx"])
def test_a_file_that_was_asked_for_is_not_there_for_the_role_one_has_since(world: World, kind: str) -> None:
    def make() -> int:
        made = Run.objects.create(
            token=uuid4(), act=kind, listing="facturas" if kind == "zip" else "notas", zone="America/Mexico_City",
            state=Run.State.DONE, state_since=world.now(), owner=world.shop.owner, asked_by="ana@amate.example",
            asked_at=world.now(), file_name=f"notas.{kind}", size=5, said={} if kind == "zip" else {"codes": "1"},
        )  # fmt: skip
        RunPiece.objects.create(run=made, number=0, content=b"bytes")
        return int(made.pk)

    path = f"{world.shop.office}trabajos/{world.scoped(make)}/archivo"
    client = world.log_in()
    for role, status in ((Role.ACCOUNTANT, 200), (Role.SUPPORT, 403), (Role.COLLECTOR, 403)):
        world.inside(lambda role=role: Membership.objects.filter(user=world.shop.owner).update(role=role))
        assert world.inside(lambda: client.get(path)).status_code == status


def test_everybody_else_may_what_the_other_table_says(world: World) -> None:
    nobody = world.inside(lambda: User.objects.create_user("nadie@amate.example", PASSWORD))
    table = {(line.address, line.method): line.answers for line in lines(EVERYBODY)}
    wrong = []
    for address in dict.fromkeys(line.address for line in lines(EVERYBODY)):
        # Who tries one token at many addresses is made to wait, and that is proved elsewhere.
        world.inside(lambda: forget_old_buckets(now=world.now() + timedelta(days=7)))
        for method in METHODS:
            for who in ("stranger", "person"):
                client = Client()
                if who == "person":
                    world.inside(lambda: client.force_login(nobody, backend=BACKEND))  # noqa: B023
                word = _word(world.inside(lambda: client.generic(method, _path(world, address))))  # noqa: B023
                wanted = table.get((address, method), {}).get(who, NO_LINE[who])
                if word not in wanted.split():
                    wrong.append((address, method, who, word, wanted))
    assert wrong == [], "\n".join(map(str, wrong))


def test_each_operation_needs_its_permission_and_no_other(world: World) -> None:
    invoice = desk.stamped(world)
    ticket = world.scoped(lambda: Ticket.objects.earliest("id"))
    named = {"code": ticket.code, "uuid": str(invoice.uuid), "source": ticket.source, "external_id": ticket.external_id}
    named |= {"refund_id": "D-1", "charge_id": "C-1"}
    one_peso = {"reason": "x", "importe": "1.00"}
    there = f"/tickets/{ticket.source}/{ticket.external_id}/refunds/D-1"
    assert world.api("PUT", there, one_peso).status_code == 201
    only = {scope: _key(world, scope) for scope in SCOPES}
    every_other = {scope: _key(world, *(one for one in SCOPES if one != scope)) for scope in SCOPES}
    for method, operation, scope in OPERATIONS:
        path = f"/api/v1{operation.format(**named)}"
        assert _asked(world, method, path, key=None).status_code == 401, (method, operation)
        refused = _asked(world, method, path, key=every_other[scope])
        assert (refused.status_code, refused.json()["scope"]) == (403, scope), (method, operation)
        answer = _asked(world, method, path, key=only[scope])
        there = {404} if operation.startswith(("/customers/", "/subscriptions/", "/payments/")) else set()
        assert answer.status_code in {200, 201, 409, 415, 422} | there, (method, operation, answer.content)


def _tried(world: World, client: Client, method: str, path: str) -> tuple[int, int]:
    """(status, how many notes and promises it left)."""

    def act() -> tuple[int, int]:
        before = _traces(world)
        status = client.generic(method, path).status_code
        return status, _traces(world) - before

    return _undone(world, act)


def _traces(world: World) -> int:
    with company_scope(world.shop.company.pk):
        return Entry.objects.count() + sum(Promise.objects.values_list("asked", flat=True))


def _undone(world: World, act: Callable[[], T]) -> T:
    """The request's own transaction becomes a savepoint of one that is never committed."""

    def inside() -> T:
        outer = transaction.atomic()
        outer._from_testcase = True  # type: ignore[attr-defined]  # as Django's TestCase marks its own
        with outer:
            found = act()
            transaction.set_rollback(True)
        return found

    return world.inside(inside)


def _path(world: World, address: str) -> str:
    named = {"slug": world.shop.slug, "token": f"1-{'x' * 43}", "pk": "1", "code": "7K4M9QXW2TRP", "cents": "100"}
    named["account"] = "1"
    for name, value in named.items():
        address = address.replace(f"<{name}>", value)
    return f"/{address.removeprefix('.')}"


def _word(answer: Any) -> str:
    """The answer in the words of the table."""
    to = answer.headers.get("Location", "")
    if to.startswith("/cuenta/login/"):
        return "login"
    if to.startswith("/cuenta/reauthenticate/"):
        return "again"
    return {200: "open", 302: "open", 422: "open", 404: "none"}.get(answer.status_code, str(answer.status_code))


def _key(world: World, *scopes: str) -> str:
    company = world.shop.company
    return str(world.scoped(lambda: make_api_key(company=company, name="prueba", scopes=scopes, now=world.now())))


def _asked(world: World, method: str, path: str, *, key: str | None) -> Any:
    body = {"PUT": sale(), "POST": {"reason": "x", "source": "caja-1", "count": 1}}.get(method)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    data = json.dumps(body) if body else ""
    return world.inside(lambda: Client().generic(method, path, data, content_type="application/json", headers=headers))
