"""A visitor asks, the shop answers: the message, its visit, its mail, and who did what."""

from typing import Any

import pytest

from amate.access.limit import forget_old_buckets
from amate.access.models import Membership, Role
from amate.audit.models import Entry
from amate.help.answer import answer_case
from amate.help.close import close_case, reopen_case
from amate.help.models import Case
from amate.self_invoicing.models import Visit
from amate.tenancy.models import IllegalMove
from amate.web.backoffice.cases import SUBJECTS as TOLD
from amate.web.portal.ask_for_help import SUBJECTS
from tests.people import MORAL
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.web.portal.buyer import Buyer, words
from tests.world import World

MESSAGE = {"mensaje": "Mi nombre no coincide con el SAT", "contacto": "laura@example.com"}
STAFF = "ana@amate.example"  # who is told that somebody asks


@pytest.fixture
def buyer(world: World) -> Buyer:
    """At the start of a day by UTC, where every window starts anew."""
    now = world.now()
    world.time_passes(seconds=86_400 - now.timestamp() % 86_400 + 1)
    return Buyer(world.shop)


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def the_case(world: World) -> Any:
    return world.scoped(lambda: Case.objects.select_related("visit", "ticket").get())


def post(office: Office, path: str, **data: str) -> Any:
    return office.world.inside(lambda: office.client.post(office.world.shop.office + path, data))


# ------------------------------------------------------------ in the portal


def test_a_message_becomes_a_case_with_the_visit_attached(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    buyer.opens(ticket)
    buyer.gives()
    answer = buyer.post("ayuda/?asunto=error", MESSAGE)
    assert answer["Location"] == buyer.url("ayuda/?enviado=1")
    assert "La tienda recibió tu mensaje" in words(buyer.get("ayuda/?enviado=1"))
    case = the_case(world)
    assert (case.text, case.correo, case.telefono, case.subject) == (
        MESSAGE["mensaje"],
        "laura@example.com",
        "",
        "error",
    )
    assert case.visit == world.scoped(lambda: Visit.objects.get())
    assert case.ticket_id == ticket.pk


def test_who_has_no_visit_asks_too_and_may_leave_a_telephone(world: World, buyer: Buyer) -> None:
    buyer.post("ayuda/", {**MESSAGE, "contacto": "33 1234-5678"})
    case = the_case(world)
    assert (case.visit, case.telefono, case.correo) == (None, "3312345678", "")


def test_every_page_of_the_portal_leads_to_help_and_shows_a_contact(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    pages = [words(buyer.get()), words(buyer.get("privacidad/"))]
    buyer.opens(ticket)
    pages += [words(buyer.get("datos/"))]
    buyer.gives()
    pages += [words(buyer.get("revisar/"))]
    buyer.emits()
    pages += [words(buyer.get("emitiendo/"))]
    for page in pages:
        assert f'href="{buyer.url("ayuda/")}"' in page
        assert "tel:+523312345678" in page


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({**MESSAGE, "mensaje": ""}, "Escribe qué necesitas"),
        ({**MESSAGE, "contacto": ""}, "para poder responderte"),
        ({**MESSAGE, "contacto": "laura"}, "para poder responderte"),
        ({**MESSAGE, "contacto": "laura@"}, "Al correo le falta algo"),
        ({**MESSAGE, "mensaje": "x" * 1001}, "caben 1000 letras"),
    ],
)
def test_what_cannot_be_answered_is_refused_at_its_field(
    world: World, buyer: Buyer, data: dict[str, str], sentence: str
) -> None:
    answer = buyer.post("ayuda/", data)
    assert answer.status_code == 422
    assert sentence in words(answer)
    if data["mensaje"] and len(data["mensaje"]) < 1000:
        assert data["mensaje"] in words(answer)
    assert world.scoped(lambda: Case.objects.count()) == 0


def test_the_sixth_message_of_a_network_waits_and_is_told_where_to_call(world: World, buyer: Buyer) -> None:
    for _ in range(5):
        assert buyer.post("ayuda/", MESSAGE).status_code == 302
    answer = buyer.post("ayuda/", MESSAGE)
    assert answer.status_code == 429
    assert "Espera una hora" in words(answer)
    assert MESSAGE["mensaje"] in words(answer)
    assert "tel:+523312345678" in words(answer)
    assert world.scoped(lambda: Case.objects.count()) == 5
    assert Buyer(world.other).post("ayuda/", MESSAGE).status_code == 302
    world.time_passes(seconds=3601)
    assert buyer.post("ayuda/", MESSAGE).status_code == 302
    world.inside(lambda: forget_old_buckets(now=world.now()))


def test_a_mail_left_for_an_answer_is_shown_to_nobody_else(world: World, buyer: Buyer) -> None:
    buyer.opens(world.sale())
    buyer.post("ayuda/", MESSAGE)
    stranger = Buyer(world.shop)
    for page in (buyer.get("ayuda/?enviado=1"), buyer.get("ayuda/"), stranger.get("ayuda/"), buyer.get("datos/")):
        assert "laura@example.com" not in words(page)
    entry = world.scoped(lambda: Entry.objects.get(act="case.asked"))
    assert (entry.actor_kind, entry.actor, entry.detail) == ("visitor", "", {})


# ------------------------------------------------------------ in the back office


def test_staff_see_the_purchase_and_what_the_visitor_typed(world: World, buyer: Buyer, office: Office) -> None:
    ticket = world.sale()
    buyer.opens(ticket)
    buyer.gives()
    buyer.post("ayuda/?asunto=error", MESSAGE)
    case = the_case(world)
    assert MESSAGE["mensaje"] in office.text("ayuda/")
    page = office.text(f"ayuda/{case.pk}/")
    for told in (MESSAGE["mensaje"], ticket.folio, "Por facturar", MORAL["rfc"], MORAL["nombre"], TOLD["error"]):
        assert told in page, told
    assert ticket.code not in page
    world.time_passes(hours=25)
    world.scoped(lambda: Visit.objects.update(fiscal={}))
    office = Office(world)
    assert MORAL["rfc"] not in office.text(f"ayuda/{case.pk}/")


def test_an_answer_is_mailed_and_says_who_gave_it(world: World, office: Office) -> None:
    pk = desk.asked_for_help(world, correo="laura@example.com")
    assert post(office, f"ayuda/{pk}/responder/", respuesta="Ya la corregimos.\nGracias").status_code == 302
    world.settle()
    (mail,) = [one for one in world.mail.mails if one["To"] != STAFF]
    assert (mail["To"], mail["Subject"]) == ("laura@example.com", "Te responde Cafetería El Amate")
    text = mail.get_body(("plain",)).get_content()
    assert "Ya la corregimos." in text
    assert "¿Me ayudan?" in text
    page = office.text(f"ayuda/{pk}/")
    assert "ana@amate.example" in page
    assert "Enviado" in page
    world.settle()
    assert [one["To"] for one in world.mail.mails if one["To"] != STAFF] == ["laura@example.com"]


def test_a_call_is_written_down_and_mails_the_visitor_nothing(world: World, office: Office) -> None:
    pk = desk.asked_for_help(world, correo="")
    post(office, f"ayuda/{pk}/responder/", respuesta="Le llamé y quedó")
    world.settle()
    assert [one for one in world.mail.mails if one["To"] != STAFF] == []
    assert "Le llamé y quedó" in office.text(f"ayuda/{pk}/")


def test_a_case_is_closed_and_opened_again_and_the_audit_knows_who(world: World, office: Office) -> None:
    pk = desk.asked_for_help(world)
    post(office, f"ayuda/{pk}/cerrar/")
    page = office.text(f"ayuda/{pk}/")
    assert "Cerrado" in page
    assert "ana@amate.example" in page
    assert post(office, f"ayuda/{pk}/cerrar/").status_code == 302
    post(office, f"ayuda/{pk}/abrir/")
    assert world.scoped(lambda: Case.objects.get().state) == Case.State.OPEN
    acts = world.scoped(lambda: list(Entry.objects.filter(about=f"case:{pk}").values_list("act", "actor")))
    assert ("case.closed", "ana@amate.example") in acts
    assert ("case.reopened", "ana@amate.example") in acts


def test_an_empty_answer_is_refused_and_one_of_a_closed_case_keeps_what_was_typed(world: World, office: Office) -> None:
    pk = desk.asked_for_help(world)
    empty = post(office, f"ayuda/{pk}/responder/", respuesta=" ")
    assert empty.status_code == 422
    assert "Escribe qué le respondes" in words(empty)
    world.scoped(lambda: close_case(case_id=pk, by="leo@amate.example", now=world.now()))
    late = post(office, f"ayuda/{pk}/responder/", respuesta="Ya quedó")
    assert late.status_code == 409
    assert "alguien cambió este mensaje" in words(late)
    assert world.scoped(lambda: Case.objects.get().answer) == ""
    with pytest.raises(IllegalMove):
        world.scoped(lambda: answer_case(case_id=pk, text="x", by="x", now=world.now()))
    with pytest.raises(IllegalMove):
        world.scoped(lambda: (reopen_case(case_id=pk, now=world.now()), reopen_case(case_id=pk, now=world.now())))


def test_who_collects_reads_and_does_not_answer(world: World, office: Office) -> None:
    pk = desk.asked_for_help(world)
    for role in Role:
        world.inside(lambda role=role: Membership.objects.filter(company=world.shop.company).update(role=role))  # type: ignore[misc]
        may = role != Role.COLLECTOR
        assert ("Enviar a ingrid@example.com" in office.text(f"ayuda/{pk}/")) == may
        for act in ("responder/", "cerrar/", "abrir/"):
            status = post(office, f"ayuda/{pk}/{act}").status_code
            assert (status == 403) != may, (role, act, status)


def test_every_subject_of_the_portal_has_its_words_for_staff() -> None:
    assert set(SUBJECTS) == set(TOLD)


def test_nobody_asked_teaches_where_it_comes_from(office: Office) -> None:
    assert "Nadie ha pedido ayuda" in office.text("ayuda/")
    assert "Ningún mensaje está así" in office.text("ayuda/", estado="closed")
