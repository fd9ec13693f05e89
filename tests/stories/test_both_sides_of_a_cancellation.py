"""Two companies of one house, the SAT between them: one asks to cancel what it invoiced, the other answers at its own page."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from amate.companies.models import Branch
from amate.customers.propose import propose_profile
from amate.fiscal.receptor import Receptor
from amate.fiscal.xml import parse
from amate.invoices.issue import issue_invoice
from amate.invoices.lines import lines_to_json
from amate.invoices.models import Cancellation, CancellationPaper, Invoice, Origin, ReceivedRequest, State
from amate.promises.kinds import SOMEBODY_WAITS
from amate.worker.clock import _cancellations
from tests.invoices.life import hours_pass, line, minutes_pass
from tests.world import World

US = Receptor("CEA210315XX4", "CAFETERIA EL AMATE", "44100", "601", "G03")


@pytest.fixture
def asked(world: World) -> Invoice:
    """Mariana invoiced us 5,800 ten days ago, and asks to cancel it at her own page."""

    def act() -> Invoice:
        return issue_invoice(
            branch=Branch.objects.get(),
            profile=propose_profile(receptor=US, correo="", origin=Origin.OFFICE, now=world.now()),
            lines=lines_to_json([line("5800.00")]),
            total=Decimal("5800.00"),
            withheld=Decimal(0),
            generics=[],
            forma_pago="03",
            metodo_pago="PUE",
            moneda="MXN",
            origin=Origin.OFFICE,
            priority=SOMEBODY_WAITS,
            now=world.now(),
        )

    made = world.scoped(act, world.other)
    world.settle()
    assert hers(world, made).state == State.STAMPED
    world.time_passes(days=10)
    client = world.log_in(world.other)
    path = f"{world.other.office}facturas/{made.pk}/cancelar/"
    assert "3 días hábiles" in world.inside(lambda: client.get(path)).content.decode()
    world.inside(lambda: client.post(path, {"motivo": "03", "razon": "no se hizo"}))
    world.settle()
    minutes_pass(world)
    assert hers(world, made).state == State.IN_PROCESS
    looked(world)
    return hers(world, made)


def hers(world: World, invoice: Invoice) -> Invoice:
    return world.invoice(invoice, world.other)


def looked(world: World) -> None:
    """The hourly look at what others ask of each company."""
    world.inside(lambda: _cancellations(world.now()))
    world.settle()


def ours(world: World) -> ReceivedRequest:
    return world.scoped(lambda: ReceivedRequest.objects.get())


def our_page(world: World) -> str:
    client = world.log_in()
    return str(world.inside(lambda: client.get(f"{world.shop.office}solicitudes/")).content.decode())


def we_say(world: World, word: str) -> None:
    client, request = world.log_in(), ours(world)
    world.inside(lambda: client.post(f"{world.shop.office}solicitudes/{request.pk}/responder/", {"respuesta": word}))
    world.settle()


def at_the_sat(world: World, invoice: Invoice) -> str:
    rows: Any = world.pac.admin("documents?limit=1000", None, method="GET")["documents"]
    (found,) = [one for one in rows if one["uuid"].lower() == str(invoice.uuid)]
    return str(found["estatus_cancelacion"])


def test_our_yes_cancels_what_she_invoiced(world: World, asked: Invoice) -> None:
    shown = our_page(world)
    assert str(asked.uuid).upper() in shown
    assert "Aceptar" in shown
    assert world.scoped(lambda: ReceivedRequest.objects.count(), world.other) == 0, "nobody else is asked"
    we_say(world, "si")
    found = ours(world)
    assert (found.state, found.code, found.accepts) == ("answered", "1000", True)
    hours_pass(world)
    cancelled = hers(world, asked)
    assert (cancelled.state, cancelled.cancelled_how) == (State.CANCELLED, "acceptance")
    assert at_the_sat(world, asked) == "Cancelado con aceptación"
    looked(world)
    assert "aceptada por ana@amate.example" in our_page(world)


def test_our_no_leaves_it_live_and_she_may_ask_again(world: World, asked: Invoice) -> None:
    we_say(world, "no")
    hours_pass(world)
    assert hers(world, asked).state == State.STAMPED
    assert world.scoped(lambda: Cancellation.objects.get().state, world.other) == "rejected"
    assert at_the_sat(world, asked) == "Solicitud rechazada"
    looked(world)
    client = world.log_in(world.other)
    path = f"{world.other.office}facturas/{asked.pk}/"
    assert "Rechazada por el receptor" in world.inside(lambda: client.get(path)).content.decode()
    world.inside(lambda: client.post(f"{path}cancelar/", {"motivo": "03", "razon": "ahora sí, hablamos"}))
    world.settle()
    minutes_pass(world)
    looked(world)
    two = world.scoped(lambda: list(ReceivedRequest.objects.order_by("pk").values_list("state", flat=True)))
    assert two == ["answered", "pending"], "the same CFDI, and a request of its own"


def test_what_was_answered_at_the_sats_own_page_is_not_called_ours(world: World, asked: Invoice) -> None:
    uuid = str(asked.uuid).upper()
    world.pac.admin(f"receiver/{asked.rfc}/{uuid}", {"answer": "accept"})
    we_say(world, "no")
    found = ours(world)
    assert (found.state, found.code) == ("elsewhere", "1002")
    assert "quiso rechazarla" in our_page(world)
    hours_pass(world)
    assert hers(world, asked).state == State.CANCELLED


def test_her_request_carries_the_hour_of_her_place(world: World, asked: Invoice) -> None:
    """Hers is Tijuana, two hours behind the SAT's own: the Fecha of a request is local, as that of a CFDI."""

    def look() -> tuple[str, datetime]:
        paper = CancellationPaper.objects.get(kind="request")
        assert paper.cancellation is not None
        assert paper.cancellation.sent_at is not None
        return str(parse(bytes(paper.xml)).get("Fecha")), paper.cancellation.sent_at

    said, sent_at = world.scoped(look, world.other)
    here = sent_at.astimezone(ZoneInfo("America/Tijuana")).replace(tzinfo=None)
    assert here - timedelta(minutes=5) <= datetime.fromisoformat(said) <= here


@pytest.mark.parametrize(("kind", "code"), [("drop_after", "1002"), ("drop_before", "1000"), ("503", "1000")])
def test_an_answer_that_was_lost_is_ours_all_the_same(world: World, asked: Invoice, kind: str, code: str) -> None:
    world.pac.admin("faults", {"kind": kind, "count": 1, "on": "answer"})
    we_say(world, "si")
    assert ours(world).state == "answering"
    world.time_passes(minutes=1)
    world.settle()
    found = ours(world)
    assert (found.state, found.code, found.accepts) == ("answered", code, True)


def test_what_no_pac_cancels_is_told_in_words_and_stays_live(world: World) -> None:
    """206, from the SAT to the page."""
    from amate.companies.models import Emisor
    from tests.invoices.life import issued

    invoice, client = issued(world, "116.00"), world.log_in()
    rfc = world.scoped(lambda: Emisor.objects.get().rfc)
    world.pac.admin("lists", {"primary_sector": [rfc]}, method="PUT")
    path = f"{world.shop.office}facturas/{invoice.pk}/"
    world.inside(lambda: client.post(f"{path}cancelar/", {"motivo": "02", "razon": "error"}))
    world.settle()
    assert world.invoice(invoice).state == State.STAMPED
    told = world.inside(lambda: client.get(path)).content.decode()
    assert "No procede" in told
    assert "206: Este comprobante es de un sector con reglas propias" in told
