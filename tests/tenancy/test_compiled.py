"""A query composed once answers what the ORM answers, with the values of each call."""

from typing import Any

import pytest
from django.db import DataError, connection
from django.db.models import Count, Exists, OuterRef
from django.test.utils import CaptureQueriesContext

from amate.self_invoicing.models import Claim, Ticket, Visit
from amate.self_invoicing.visits import open_visit
from amate.tenancy.compiled import Arg, Compiled


def everything(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_it_answers_as_the_orm_does(world: Any) -> None:
    sold = [world.sale() for _ in range(3)]
    compiled = Compiled(lambda: Ticket.objects.select_related("branch").filter(code=Arg("code")))
    for ticket in sold:
        ours = world.scoped(lambda code=ticket.code: compiled.get(code=code))
        theirs = world.scoped(lambda code=ticket.code: Ticket.objects.select_related("branch").get(code=code))
        assert everything(ours) == everything(theirs)
        assert everything(ours.branch) == everything(theirs.branch)
        assert ours._state.adding is False


def test_a_join_that_finds_nothing_is_none(world: Any) -> None:
    ticket = world.sale()
    compiled = Compiled(
        lambda: Visit.objects.select_related("ticket", "invoice__stamp").filter(ticket_id=Arg("ticket"))
    )

    def visit() -> Visit:
        open_visit(ticket=ticket, now=world.now())
        return compiled.get(ticket=ticket.pk)

    found = world.scoped(visit)
    assert (found.invoice, found.ticket.pk, found.fiscal) == (None, ticket.pk, {})


def test_a_reverse_join_and_an_annotation(world: Any) -> None:
    ticket, other = world.sale(), world.sale()
    invoice = world.claim(ticket)
    compiled = Compiled(
        lambda: (
            Ticket.objects.annotate(held=Exists(Claim.objects.live().filter(ticket=OuterRef("pk"))))
            .filter(id__gte=Arg("first"))
            .order_by("id")
        )
    )
    rows = world.scoped(lambda: compiled.all(first=ticket.pk))
    assert [(row.pk, row.held) for row in rows] == [(ticket.pk, True), (other.pk, False)]
    claims = Compiled(lambda: Claim.objects.select_related("invoice").filter(ticket_id=Arg("ticket")))
    assert world.scoped(lambda: claims.get(ticket=ticket.pk)).invoice.pk == invoice.pk


def test_constants_and_values_keep_their_places(world: Any) -> None:
    ticket = world.sale()
    compiled = Compiled(
        lambda: Ticket.objects.filter(state=Ticket.State.OPEN, code=Arg("code"), moneda="MXN", source=Arg("source"))
    )
    assert world.scoped(lambda: compiled.get(source=ticket.source, code=ticket.code)).pk == ticket.pk
    assert world.scoped(lambda: compiled.first(source=ticket.code, code=ticket.source)) is None


def test_nothing_found_is_none_or_does_not_exist(world: Any) -> None:
    compiled = Compiled(lambda: Ticket.objects.filter(code=Arg("code")))
    assert world.scoped(lambda: compiled.first(code="nada")) is None
    with pytest.raises(Ticket.DoesNotExist):
        world.scoped(lambda: compiled.get(code="nada"))


def test_it_is_composed_once_and_asks_one_statement(world: Any) -> None:
    composed = []

    def queryset() -> Any:
        composed.append(1)
        return Ticket.objects.filter(code=Arg("code"))

    compiled = Compiled(queryset)

    def thrice() -> list[str]:
        compiled.first(code="primera")
        before = len(composed)
        with CaptureQueriesContext(connection) as asked:
            compiled.first(code="segunda")
            compiled.first(code="tercera")
        assert len(composed) == before
        return [one["sql"] for one in asked]

    assert len(world.scoped(thrice)) == 2


def test_a_lock_is_taken(world: Any) -> None:
    compiled = Compiled(lambda: Ticket.objects.select_for_update(no_key=True).filter(id=Arg("id")))
    ticket = world.sale()

    def locked() -> list[tuple[Any, ...]]:
        compiled.get(id=ticket.pk)
        with connection.cursor() as c:
            c.execute(
                "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'self_invoicing_ticket'::regclass"
            )
            return list(c.fetchall())

    assert ("RowShareLock",) in world.scoped(locked)


def test_it_sees_only_its_company_and_nothing_outside_a_scope(world: Any) -> None:
    theirs = world.sale(world.other)
    compiled = Compiled(lambda: Ticket.objects.filter(code=Arg("code")))
    assert world.scoped(lambda: compiled.first(code=theirs.code)) is None
    with pytest.raises(DataError, match="no company_scope is open"):
        world.inside(lambda: compiled.first(code=theirs.code))


def test_a_missing_value_is_an_error_and_not_a_null(world: Any) -> None:
    compiled = Compiled(lambda: Ticket.objects.filter(code=Arg("code")))
    with pytest.raises(KeyError, match="code"):
        world.scoped(lambda: compiled.first(kode="x"))


def test_a_queryset_it_is_not_for_is_refused(world: Any) -> None:
    for wrong in (
        lambda: Ticket.objects.filter(code=Arg("code")).values("id"),
        lambda: Ticket.objects.filter(code=Arg("code")).prefetch_related("claims"),
        lambda: Ticket.objects.filter(code=Arg("code")).values("source").annotate(Count("id")),
    ):
        with pytest.raises(TypeError, match="whole rows"):
            world.scoped(lambda wrong=wrong: Compiled(wrong).first(code="x"))
