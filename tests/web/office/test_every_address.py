"""Every named address of back office and account in a real browser (E2E-2): with things in it, empty, after a mistake.

An address that is new is looked at without anybody asking for it, or fails here until it is told what to put in it.
The portal's are in tests/browser/test_pages.py, the first run's in test_settings_in_browser.py.
"""

from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import get_resolver
from playwright.sync_api import Browser, Response

from amate.access.change_mail import change_token
from amate.access.invite import token_of
from amate.access.models import Membership, Role
from tests.browser.person import Person, name_of
from tests.invoices.life import issued
from tests.invoices.test_rep import rep
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.web.office.test_two_companies import things_of
from tests.web.office.weight import LIGHT, weight_of_page
from tests.web.who_may_what import addresses, office_addresses, office_path
from tests.world import PASSWORD, World

# What every part of the product is proved by; the API has no pages.
PARTS = {"", "salud", "metrics", "api", "empezar", "f", "avisos", "oficina", "cuenta"}
# Swapped into a page by script; never a page.
FRAGMENTS = {
    "office:settings_hour",
    "office:settings_verdict",
    "office:settings_mail_verdict",
    "office:settings_sms_verdict",
    "office:settings_pac_verdict",
}
# Rooms of acts alone: what shows of drafts is on the forms they are of.
NO_PAGES = {"borradores"}
# A file of some documents only, and no page: the address of another leads to that one's page (test_global_notes.py).
FILES_OF_SOME = {"facturas/<invoice>/notas/"}
# Pages about something that was chosen on another one.
CHOSEN = {
    "notas/varias/": "?acto=bloquear&id={ticket_id}",
    "facturas/varias/": "?acto=reenviar&id={invoice_id}",
    "pagos/nuevo/": "?cliente={customer_id}",
    "vistas/nueva/": "?lista=notas&estado=open",
}
# Forms that must have been seen with their errors: a form that takes nothing is no form with a mistake.
MISTAKES = {
    "ajustes": {
        "office:settings_company",
        "office:settings_logo",
        "office:settings_branches",
        "office:settings_branch",
        "office:settings_csd",
        "office:settings_portal",
    },
    "claves": {"office:keys"},
    "facturas": {"office:resend"},
    "importar": {"office:imports", "office:import_columns"},
    "mostrador": {"office:counter_note"},
    "notas": {"office:lock", "office:send_note"},
    "personas": {"office:people"},
    "pagos": {"office:bank_files", "office:bank_file_columns", "office:payment_reverse", "office:reported"},
    "productos": {"office:product_new", "office:product"},
}
_FORMS = """forms => forms.map((form, place) => ({
  place, action: form.action,
  asks: !!form.querySelector('input:not([type=hidden], [type=checkbox], [type=radio]), textarea, select'),
})).filter(form => form.asks)"""
_SEND_NOTHING = """form => {
  form.noValidate = true;
  for (const field of form.querySelectorAll('input:not([type=hidden]), textarea, select')) {
    if (field.matches('select')) field.selectedIndex = 0;
    else if (!field.matches('[type=checkbox], [type=radio]')) field.value = '';
  }
  form.requestSubmit(form.querySelector('button:not([type=button])'));
}"""


def rooms() -> list[str]:
    """The rooms of the back office that have pages, by the first word of their addresses."""
    return sorted({one.split("/")[0] for one in office_addresses()} - NO_PAGES)


def test_every_part_of_the_product_is_looked_at_somewhere() -> None:
    assert {one.split("/")[0] for one in addresses(get_resolver().url_patterns)} == PARTS


@pytest.fixture
def ana(world: World, site: str, browser: Browser) -> Person:
    person = Person(browser, site)
    person.enters(world.shop.office, world.shop.owner.email, PASSWORD)
    return person


@pytest.mark.parametrize("room", rooms())
def test_every_address_with_things_in_it_and_every_form_with_a_mistake(
    world: World, office: Office, ana: Person, room: str
) -> None:
    things = things_of(world, world.shop)
    world.settle()
    owed = issued(world, "1000.00", ppd=True)
    receipt = rep(world, {issued(world, "1000.00", ppd=True): "400.00"})
    world.settle()
    several = [
        things,
        {**things, "ticket_id": world.sale().pk},
        {**things, "invoice_id": owed.pk},
        {**things, "invoice_id": receipt.pk},
        {**things, "file_id": desk.unread_statement(world)},
    ]
    pages = pages_of(world, office, room, several)
    assert pages, room
    forms: list[tuple[str, int, str]] = []
    for path in pages:
        ana.goes(path)
        forms += [(path, place, action) for place, action in forms_here(ana)]
        ana.bears_inspection(path)
    mistaken: set[str] = set()
    for path, place, action in forms:
        if name_of(action) not in mistaken and sends_nothing(ana, path, place) == 422:
            ana.bears_inspection(f"{action} with a mistake")
            mistaken.add(name_of(action))
    assert mistaken >= MISTAKES.get(room, set())
    ana.leaves()


def test_every_address_of_a_company_that_has_nothing_yet(world: World, office: Office, ana: Person) -> None:
    for room in rooms():
        for path in pages_of(world, office, room, [{}]):
            ana.goes(path)
            ana.bears_inspection(f"{path} empty")
    ana.leaves()


def test_every_address_of_an_account(world: World, site: str, browser: Browser) -> None:
    owner = world.shop.owner
    world.inside(lambda: Membership.objects.create(user=owner, company=world.other.company, role=Role.SUPPORT))
    token = world.scoped(lambda: token_of(desk.invited(world)))
    change = world.inside(lambda: change_token(owner, to="otro@amate.example"))
    every = [one for one in addresses(get_resolver().url_patterns) if one.startswith("cuenta/") or one == "oficina/"]
    # A link that was cut: the one that opens is walked through in test_forgotten_password.py.
    every = [one.replace("key/<token>", "key/1-x") for one in every]
    paths = ["/" + one.replace("<token>", token) for one in every if "<slug>" not in one and "<pk>" not in one]
    visitor, ana = Person(browser, site), Person(browser, site)
    looks_at_all(visitor, paths)
    ana.enters("/oficina/", owner.email, PASSWORD)
    confirms_who_she_is(ana, "/cuenta/2fa/totp/activate/")
    looks_at_all(ana, [path for path in paths if path != "/cuenta/logout/"])

    def second_step() -> str:
        TOTP.activate(owner, generate_totp_secret())
        return str(RecoveryCodes.activate(owner).get_unused_codes()[0])

    code = world.inside(second_step)
    leo = Person(browser, site)
    leo.goes("/oficina/")
    leo.page.get_by_label("Correo").fill(owner.email)
    leo.page.get_by_label("Contraseña").fill(PASSWORD)
    leo.clicks("Entrar")
    leo.bears_inspection("second step")
    leo.page.locator("#id_code").fill("000000")
    leo.page.locator("#id_code").press("Enter")
    leo.page.locator(".error-summary").wait_for()
    leo.bears_inspection("second step with a mistake")
    leo.page.locator("#id_code").fill(code)
    leo.page.locator("#id_code").press("Enter")
    leo.arrives("/oficina/")
    confirms_who_she_is(leo, "/cuenta/2fa/totp/deactivate/")
    looks_at_all(leo, [path for path in paths if name_of(path) not in ana.inspected])
    leo.goes("/cuenta/logout/")
    leo.bears_inspection("logout")
    leo.goes(f"/cuenta/correo/{change}/")
    leo.bears_inspection("another address of mail to confirm")
    seen = visitor.inspected | ana.inspected | leo.inspected
    # The page of who has a passkey is looked at in test_passkeys_in_browser.py.
    acts = {"account_sessions_end", "mfa_download_recovery_codes", "mfa_login_webauthn", "mfa_reauthenticate_webauthn"}
    assert {name_of(path) for path in paths} - seen == acts
    for person in (visitor, ana, leo):
        person.leaves()


def pages_of(world: World, office: Office, room: str, several: list[dict[str, int]]) -> list[str]:
    """The paths of a room that show a page. Whatever leads away, with every set of things, fails: nobody saw its page."""
    found: dict[str, None] = {}
    away: set[str] = set()
    arrived: set[str] = set()
    for things in several:
        for route, path in addresses_of(world, things):
            if route.split("/")[0] != room or name_of(path) in FRAGMENTS:
                continue
            if route in CHOSEN and things:
                path += CHOSEN[route].format(**things)
            answer = world.inside(lambda path=path: office.client.get(path))
            if answer.status_code == 302:
                away.add(route)
            else:
                # Of another set of things a paper may be another document's: it was seen with its own.
                assert answer.status_code in (200, 405) or route in arrived, f"{path} answers {answer.status_code}"
                arrived.add(route)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                assert b"<!doctype html>" in answer.content[:20], f"{path} is a fragment: say so in FRAGMENTS"
                assert weight_of_page(answer.content) <= LIGHT, f"{path} weighs {weight_of_page(answer.content)}"
                found[path] = None
    assert away - FILES_OF_SOME <= (arrived if several != [{}] else CHOSEN.keys()), (
        f"{away - arrived} lead away: this test needs what makes them show their page"
    )
    return list(found)


def addresses_of(world: World, things: dict[str, int]) -> list[tuple[str, str]]:
    """(address, path); of a company without things those that name none."""
    return [
        (one, office_path(one, slug=world.shop.slug, things=things))
        for one in office_addresses()
        if things or "<" not in one
    ]


def forms_here(person: Person) -> list[tuple[int, str]]:
    """(place on the page, address it is sent to) of every form that asks for something."""
    found: list[dict[str, Any]] = person.page.eval_on_selector_all("form[method=post]", _FORMS)
    return [(form["place"], form["action"]) for form in found]


def sends_nothing(person: Person, path: str, place: int) -> int:
    """Send that form without a word in it; the status of the answer."""
    person.goes(path)
    with person.page.expect_navigation() as waiting:
        person.page.locator("form[method=post]").nth(place).evaluate(_SEND_NOTHING)
    answer: Response = waiting.value
    return answer.status


def confirms_who_she_is(person: Person, path: str) -> None:
    """What guards the account asks for the password once more."""
    person.goes(path)
    if person.at != path:
        person.page.locator("#id_password").fill(PASSWORD)
        person.clicks("Confirmar")
    assert person.at == path


def looks_at_all(person: Person, paths: list[str]) -> None:
    """Each of the paths that shows its page to this person."""
    for path in paths:
        answer = person.page.request.get(f"{person.portal}{path}", max_redirects=0)
        if answer.status == 200 and answer.headers["content-type"].startswith("text/html"):
            person.goes(path)
            forms = forms_here(person)
            person.bears_inspection(path)
            for place, _ in forms:
                sends_nothing(person, path, place)
                if person.page.locator(".error-summary").count():
                    person.bears_inspection(f"{path} with a mistake")
