"""What keeps work from leaving reaches the people who can mend it by mail: once, in words, with the page that mends it."""

import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.urls import resolve

from amate.access.models import Membership, Role
from amate.alerts.causes import DAYS, words_of
from amate.alerts.models import Alert
from amate.alerts.tell import tell_staff
from amate.companies.models import Csd
from amate.help.models import Case
from amate.invoices.models import State
from amate.messages.set_mail import MailFacts
from amate.promises.models import Promise
from amate.sandbox.companies import hire
from amate.worker.clock import _alerts, _seals
from tests.messages.test_letters import FORBIDDEN, UNACCENTED, html_of, text_of, visible
from tests.messages.ways import keep, refusing_logins
from tests.web.office import desk
from tests.world import PASSWORD, World

OWNER = "ana@amate.example"


def looks(world: World) -> None:
    """The worker's beat, and then what it owes."""
    world.inside(lambda: _alerts(world.now()))
    world.settle()


def alerts(world: World) -> list[EmailMessage]:
    return [mail for mail in world.mail.mails if "Te avisamos porque" in text_of(mail)]


def link_of(mail: EmailMessage) -> str:
    (link,) = re.findall(r'<a href="([^"]+)" style="display:inline-block', html_of(mail))
    return str(link)


def without_credits(world: World, is_so: bool = True) -> None:
    world.pac.admin("credits", {"left": 0 if is_so else 100}, method="PUT")


def without_csd(world: World) -> None:
    world.scoped(lambda: Csd.objects.update(retired_at=world.now()))


def hired(world: World, role: Role) -> str:
    email = f"{role.value}@amate.example"
    company = world.shop.company
    world.inside(lambda: hire(company=company, email=email, password=PASSWORD, nombre="Leo", role=role))
    return email


# ------------------------------------------------------------ the work of stamps


def test_a_cause_is_told_once_however_many_invoices_wait(world: World) -> None:
    without_credits(world)
    for _ in range(3):
        desk.claimed(world)
    world.settle()
    for _ in range(3):
        looks(world)
    desk.claimed(world)
    world.settle()
    looks(world)
    (mail,) = alerts(world)
    assert (mail["To"], mail["Subject"]) == (OWNER, "El PAC se quedó sin timbres · Cafetería El Amate")
    assert "3 pendientes esperan" in text_of(mail)
    assert link_of(mail) == f"https://facturas.example/oficina/{world.shop.slug}/pendientes/"


def test_it_is_told_again_after_a_day_and_anew_once_it_was_mended(world: World) -> None:
    without_credits(world)
    desk.claimed(world)
    world.settle()
    looks(world)
    world.time_passes(hours=23)
    world.settle()
    looks(world)
    assert len(alerts(world)) == 1
    world.time_passes(hours=2)
    world.settle()
    looks(world)
    assert len(alerts(world)) == 2
    without_credits(world, False)
    world.time_passes(hours=1)
    world.settle()
    looks(world)
    assert len(alerts(world)) == 2
    assert world.scoped(lambda: Alert.objects.lasting().count()) == 0
    without_credits(world)
    desk.claimed(world)
    world.settle()
    looks(world)
    assert len(alerts(world)) == 3


def test_a_missing_seal_and_a_suspension_each_ring_with_the_page_that_mends_them(world: World) -> None:
    invoice = desk.claimed(world)
    without_csd(world)
    world.settle()
    looks(world)
    (mail,) = alerts(world)
    assert mail["Subject"].startswith("Falta tu sello digital")
    assert link_of(mail).endswith("/ajustes/sello/")
    assert desk.again(world, invoice).state == State.DRAFT
    world.scoped(lambda: Csd.objects.update(retired_at=None))
    desk.suspend(world, True)
    world.time_passes(hours=1)
    world.settle()
    looks(world)
    assert link_of(alerts(world)[-1]).endswith("/ajustes/empresa/")
    assert len(alerts(world)) == 2


def test_a_refusal_of_ours_rings_once_a_code_and_says_what_to_do(world: World) -> None:
    desk.refused_for_staff(world)
    looks(world)
    desk.refused_for_staff(world)
    looks(world)
    (mail,) = alerts(world)
    assert "lista de contribuyentes obligados" in text_of(mail)
    assert link_of(mail).endswith("/facturas/?estado=to_mend")


def test_a_defect_of_ours_rings_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(**said: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("amate.worker.stamps.prepare_stamp", breaks)
    desk.claimed(world)
    world.settle()
    looks(world)
    (mail,) = alerts(world)
    assert mail["Subject"].startswith("Una factura necesita que la veas")
    assert link_of(mail).endswith("/pendientes/")


def test_a_pac_that_is_only_away_rings_nobody(world: World) -> None:
    world.pac.admin("faults", {"kind": "503"})
    desk.claimed(world)
    world.settle()
    looks(world)
    assert alerts(world) == []


def test_two_workers_that_look_at_once_tell_once(world: World) -> None:
    without_credits(world)
    desk.claimed(world)
    world.settle()
    for _ in range(2):
        world.inside(lambda: _alerts(world.now()))
    assert world.scoped(lambda: Promise.objects.filter(kind="alert").count()) == 1


# ------------------------------------------------------------ who is told


def test_owner_administration_and_accounting_are_told_and_nobody_else(world: World) -> None:
    told = {OWNER, hired(world, Role.ADMIN), hired(world, Role.ACCOUNTANT)}
    for role in (Role.COLLECTOR, Role.CASHIER, Role.SUPPORT):
        hired(world, role)
    without_csd(world)
    desk.claimed(world)
    world.settle()
    looks(world)
    sent = {mail["To"]: mail for mail in alerts(world)}
    assert set(sent) == told
    # A page that only who configures may open is no way to mend it for somebody else.
    assert link_of(sent["admin@amate.example"]).endswith("/ajustes/sello/")
    assert link_of(sent["accountant@amate.example"]) == f"https://facturas.example/oficina/{world.shop.slug}/"
    assert world.scoped(lambda: Alert.objects.count(), world.other) == 0


def test_who_left_before_the_mail_did_gets_none(world: World) -> None:
    without_credits(world)
    desk.claimed(world)
    world.settle()
    world.inside(lambda: _alerts(world.now()))
    world.inside(lambda: Membership.objects.filter(company=world.shop.company).update(role=Role.CASHIER))
    world.settle()
    assert alerts(world) == []


# ------------------------------------------------------------ mail itself


def test_that_mail_cannot_leave_is_told_by_the_installations_own_server(world: World) -> None:
    with refusing_logins() as port:
        door = {"host": "127.0.0.1", "port": port, "tls": "none", "user": "x", "secret": "mala"}
        keep(world, MailFacts(way="smtp", sender="facturas@elamate.example", **door))  # type: ignore[arg-type]
        desk.stamped(world, correo="ingrid@example.com")
        looks(world)
        looks(world)
    (mail,) = world.mail.mails
    assert mail["Subject"].startswith("Tus correos no salen")
    assert "facturas@amate.example" in mail["From"]
    assert link_of(mail).endswith("/ajustes/correo/")


def test_an_alert_does_not_wait_for_a_mail_server_that_is_broken_too(world: World) -> None:
    with refusing_logins() as port:
        door = {"host": "127.0.0.1", "port": port, "tls": "none", "user": "x", "secret": "mala"}
        keep(world, MailFacts(way="smtp", sender="facturas@elamate.example", **door))  # type: ignore[arg-type]
        without_csd(world)
        desk.claimed(world)
        world.settle()
        looks(world)
        assert alerts(world) == []
        world.time_passes(seconds=10)
        world.settle()
    (mail,) = alerts(world)
    assert mail["Subject"].startswith("Falta tu sello digital")
    assert "facturas@amate.example" in mail["From"]


# ------------------------------------------------------------ the seal's end


@pytest.mark.parametrize("days", [60, 30, 7])
def test_a_seal_that_ends_is_told_in_time_and_once_a_threshold(world: World, days: int) -> None:
    def ends_in(left: timedelta) -> None:
        world.scoped(lambda: Csd.objects.update(valid_to=world.now() + left))

    def hour() -> None:
        world.inside(lambda: _seals(world.now()))
        world.settle()

    ends_in(timedelta(days=days, hours=1))
    hour()
    before = len(alerts(world))
    assert before == (0 if days == 60 else 1)
    ends_in(timedelta(days=days) - timedelta(hours=1))
    for _ in range(3):
        hour()
        world.time_passes(hours=1)
    looks(world)
    found = alerts(world)
    assert len(found) == before + 1
    assert found[-1]["Subject"].startswith(f"Tu sello digital vence en {days} días o menos")
    assert link_of(found[-1]).endswith("/ajustes/sello/")


def test_a_renewed_seal_is_quiet(world: World) -> None:
    world.inside(lambda: _seals(world.now()))
    world.settle()
    assert alerts(world) == []


# ------------------------------------------------------------ who asks for help


def test_a_visitor_who_asks_for_help_is_told_of_with_his_case(world: World) -> None:
    from tests.web.portal.buyer import Buyer

    answer = Buyer(world.shop).post("ayuda/", {"mensaje": "Mi nombre no coincide", "contacto": "laura@example.com"})
    assert answer.status_code == 302
    world.settle()
    looks(world)
    (mail,) = alerts(world)
    case = world.scoped(lambda: Case.objects.get())
    assert mail["Subject"].startswith("Un cliente te pide ayuda")
    assert link_of(mail).endswith(f"/ayuda/{case.pk}/")
    assert "laura@example.com" not in text_of(mail)


# ------------------------------------------------------------ its form


CAUSES = [
    "csd",
    "credits",
    "credentials",
    "master_key",
    "suspended",
    "mail",
    "refused:402",
    "refused:",
    "case:1",
    "new",
    "sat_differs",
    "due:stamp:soon",
    "due:rep:late:2026-12-05",
    "due:pue:soon:2026-11-30",
    "due:global:late:2026-12-01",
    "due:cancel:last:2027-03-31",
]


@pytest.mark.parametrize("cause", CAUSES)
def test_every_alert_keeps_the_form_of_a_letter(world: World, cause: str) -> None:
    keep(world, MailFacts(way="house", usted=True))

    def told() -> None:
        if not cause.startswith("case:"):
            Alert.objects.create(cause=cause, raised_at=world.now(), told_at=world.now())
        tell_staff(cause=cause, now=world.now())

    world.scoped(told)
    world.settle()
    (mail,) = world.mail.mails
    html, text = html_of(mail), text_of(mail)
    said, words = visible(html), words_of(cause)
    for whole in (mail["Subject"], said, text):
        assert not FORBIDDEN.findall(whole), whole
        assert not UNACCENTED.findall(re.sub(r"https?:\S+", "", whole)), whole
        assert "None" not in whole
        assert "{{" not in whole
        assert not re.search(r"\b(su|sus|usted|responda)\b", whole), "to colleagues it says tú"
    for sentence in (words.subject, words.what, words.then, words.button):
        assert sentence in said
        assert sentence in text
    assert 'width="560"' in html
    assert html.count("display:none;max-height:0") == 1
    assert link_of(mail) in text
    assert "¿Dudas? Responde a este correo o llama al 33 1234 5678." in text


def test_every_page_an_alert_leads_to_exists(world: World) -> None:
    ends = [f"seal_ends:1:{days}" for days in DAYS]
    for cause in [*CAUSES, *ends]:
        page = words_of(cause, day="2 dic 2026").page
        assert resolve(f"{world.shop.office}{page}".partition("?")[0]).namespace == "office", cause
