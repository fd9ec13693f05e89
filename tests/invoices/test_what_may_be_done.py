"""Said once, asked by all: a button is there exactly when its act would go through, whatever state the document is in."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.db import transaction

from amate.invoices.abandon_rep import NotAbandoned, abandon_rep
from amate.invoices.cancel import NotCancellable, cancel_invoice
from amate.invoices.cancel_again import cancel_again
from amate.invoices.credit import NotCreditable, credit_invoice
from amate.invoices.models import AT_THE_SAT, Cancellation, Instalment, Invoice, Motivo, Origin, Relation, State
from amate.invoices.models.cancellation import OPEN_STATES
from amate.invoices.move_payment import NotMovable, move_payment
from amate.invoices.payments import Received
from amate.invoices.rep import NoRep, draft_rep
from amate.invoices.replace import Content, NotReplaceable, replace_invoice
from amate.invoices.what_may_be_done import Around, Document, Named, why_not_replaced, why_not_withdrawn
from amate.invoices.withdraw_cancellation import withdraw_cancellation
from amate.web.backoffice.invoice_life import life_of
from amate.web.backoffice.moving import moved_of
from amate.web.backoffice.replacing import not_here
from tests.invoices.life import cancel, issued, minutes_pass
from tests.invoices.test_rep import payment, rep
from tests.invoices.test_revive import credit, refused_for_ours
from tests.stories.processes import house_of

REFUSALS = (NotCancellable, NotReplaceable, NotCreditable, NoRep, NotAbandoned, NotMovable)
KNOWN = sorted({*AT_THE_SAT, State.CANCELLED})
# State, that of its open cancellation, who may mend its refusal, whether another stands in its place.
CASES: list[tuple[str, str, str, str]] = [
    *((state, "", "", "") for state in ("draft", "sealed", "sending", "unknown")),
    *(("refused", "", by, "") for by in ("ours", "receiver", "nobody")),
    *((State.CANCELLED.value, "", "", heir) for heir in ("", "replaced")),
    *product(sorted(AT_THE_SAT), ["", *OPEN_STATES], [""], ["", "replaced"]),
]


class Undo(Exception):
    """The state was only for a look."""


@pytest.fixture(scope="module")
def house(database_name: str, django_db_blocker: Any, minted: Any, pac_server: Any, mail_server: Any) -> Iterator[Any]:
    """One world: whatever is done to its documents is undone."""
    with django_db_blocker.unblock(), house_of(minted, pac_server, mail_server, database_name) as world:
        yield world


@pytest.fixture(scope="module")
def documents(house: Any) -> dict[str, Invoice]:
    """Stamped ones of every kind that has a page, and refused ones; something hangs on the paid and the credited."""
    made = {
        "pue": issued(house, "1160.00"),
        "ppd": issued(house, "1160.00", ppd=True),
        "paid": issued(house, "1160.00", ppd=True),
        "heir": issued(house, "1160.00"),
    }
    made["rep"] = rep(house, {made["paid"]: "1160.00"})
    made["credited"] = issued(house, "1160.00")
    made["note"] = credit(house, made["credited"], "1160.00")
    house.settle()
    owed, sold = issued(house, "1160.00", ppd=True), issued(house, "1160.00")
    with refused_for_ours(house):
        made["refused_rep"] = rep(house, {owed: "1160.00"}, key="pago-2")
        made["refused_note"] = credit(house, sold, "1160.00")
    return {name: house.invoice(one) for name, one in made.items()}


@pytest.fixture(scope="module")
def payments(house: Any, documents: dict[str, Invoice]) -> dict[str, Received]:
    return {name: payment(house, {one: "0.50"}, key="otro-pago") for name, one in documents.items()}


@pytest.mark.parametrize(
    ("state", "going", "by", "replaced"), CASES, ids=["-".join(filter(None, one)) for one in CASES]
)
def test_page_and_act_never_disagree(
    house: Any,
    documents: dict[str, Invoice],
    payments: dict[str, Received],
    state: str,
    going: str,
    by: str,
    replaced: str,
) -> None:
    for name, one in documents.items():
        if name == "heir" or (one.uuid is not None) != (state in KNOWN):
            continue

        def look(one: Invoice = one, paying: Received = payments[name]) -> tuple[dict[str, bool], dict[str, bool]]:
            put(one, state=state, going=going, by=by, heir=documents["heir"] if replaced else None, now=house.now())
            found = Invoice.objects.select_related("branch", "profile", "replaced_by").get(pk=one.pk)
            told = {"can_move": False, **life_of(found), **moved_of(found)}
            page = {key: value for key, value in told.items() if key.startswith("can_")}
            did = {f"can_{act}": goes_through(do) for act, do in acts(house, found, paying).items()}
            if not_here(found):  # the page has no form for it, the act is for all
                did["can_replace"] = False
            return page, did

        page, did = undone(house, look)
        assert page == did, name


def put(one: Invoice, *, state: str, going: str, by: str, heir: Invoice | None, now: Any) -> None:
    facts: dict[str, Any] = {"state": state, "refused_by": by}
    if state == State.CANCELLED:
        facts |= {"cancelled_how": "without", "cancelled_at": now}
    if heir is not None:
        facts["replaced_by"] = heir
        Relation.objects.create(invoice=heir, related=one, tipo_relacion="04", uuid=one.uuid)
    Invoice.objects.filter(pk=one.pk).update(**{key: facts[key] for key in facts if key != "refused_by" or by})
    if going:
        Cancellation.objects.create(invoice=one, motivo="02", state=going, asked_at=now)


def acts(house: Any, one: Invoice, paying: Received) -> dict[str, Callable[[], object]]:
    now, who = house.now(), {"asked_by": "ana", "now": house.now()}

    def cancels() -> None:
        before = set(Cancellation.objects.values_list("pk", flat=True))
        made = cancel_invoice(invoice_id=one.pk, motivo=Motivo.ERRORS, reason="x", **who)
        if made.pk in before:
            raise NotCancellable("it is the same one, already going on")

    return {
        "cancel": cancels,
        "withdraw": lambda: withdraw_cancellation(invoice_id=one.pk, now=now),
        "try_again": lambda: cancel_again(invoice_id=one.pk, **who),
        "abandon": lambda: abandon_rep(invoice_id=one.pk, now=now),
        "replace": lambda: replace_invoice(
            invoice_id=one.pk, content=Content.of(one), reason="x", origin=Origin.OFFICE, **who
        ),
        "credit": lambda: credit_invoice(
            invoice_id=one.pk,
            amount=Decimal("0.50"),
            quantities={},
            tipo_relacion="01",
            descripcion="x",
            forma_pago="03",
            origin=Origin.OFFICE,
            now=now,
        ),
        "move": lambda: moves(one),
        "pay": lambda: draft_rep(payments=[paying], origin=Origin.OFFICE, now=now),
    }


def moves(one: Invoice) -> None:
    """Every payment, half of it."""
    paid = list(Instalment.objects.filter(rep=one))
    applied = {each.payment: {each.invoice_id: each.imp_pagado / 2} for each in paid}
    move_payment(rep_id=one.pk, applied=applied, reason="x", asked_by="ana", now=one.created_at)


def goes_through(do: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            do()
            raise Undo
    except Undo:
        return True
    except REFUSALS as why_not:
        return not str(why_not)  # a refusal without a reason is none


def undone(house: Any, look: Callable[[], Any]) -> Any:
    seen: list[Any] = []

    def act() -> None:
        try:
            with transaction.atomic():
                seen.append(look())
                raise Undo
        except Undo:
            pass

    house.scoped(act)
    return seen[0]


LINKS = {"cancelar": "Cancelar", "sustituir": "Sustituir", "acreditar": "Nota de crédito", "pago": "Registrar un pago"}


def test_a_page_that_no_button_leads_to_sends_back_with_the_reason(world: Any) -> None:
    live, going, gone = (issued(world, "116.00", ppd=True) for _ in range(3))
    cancel(world, gone)
    world.settle()
    minutes_pass(world)
    cancel(world, going)
    client = world.log_in()
    for one in (live, going, gone):
        page = f"{world.shop.office}facturas/{one.pk}/"
        told = world.inside(lambda path=page: client.get(path)).content.decode()
        for path, word in LINKS.items():
            answer = world.inside(lambda path=page + path + "/": client.get(path))
            assert (answer.status_code == 200) == (f'{path}/">{word}<' in told), (one, path)
            assert answer.status_code == 200 or answer.status_code == 302


def test_a_refused_substitute_may_be_made_anew_and_a_live_one_keeps_its_01() -> None:
    """The one case in which a document that is going may be replaced."""
    waits = Document("A-1", "ingreso", State.STAMPED, cancelling="asked")
    refused, stamped = Around(awaited=Named("A-2", "refused")), Around(awaited=Named("A-2", "stamped"))
    assert why_not_replaced(waits, refused) == ""
    assert "Ya se está" in why_not_replaced(waits, stamped)
    assert why_not_withdrawn(waits, refused) == ""
    assert "cancela A-2" in why_not_withdrawn(waits, stamped)
