"""Passkeys in a real browser with a virtual authenticator: made, used as second step, to enter and to confirm, taken away."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser

from amate.access.models import EntryRule, Role
from tests.browser.person import Person
from tests.world import PASSWORD, World

ANA = "ana@amate.example"
KEY = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}


class Holder(Person):
    """Somebody whose computer can keep passkeys."""

    def gets_an_authenticator(self, **kind: Any) -> None:
        self.cdp = self.context.new_cdp_session(self.page)
        self.cdp.send("WebAuthn.enable")
        options = {**KEY, "isUserVerified": True, "automaticPresenceSimulation": True, **kind}
        self.authenticator = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def keeps(self) -> int:
        return len(self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator})["credentials"])

    def cannot_show_who_it_is(self) -> None:
        said = {"authenticatorId": self.authenticator, "isUserVerified": False}
        self.cdp.send("WebAuthn.setUserVerified", said)

    def enters(self) -> None:
        self.goes("/cuenta/login/")
        self.page.get_by_label("Correo").fill(ANA)
        self.page.get_by_label("Contraseña").fill(PASSWORD)
        self.page.get_by_role("button", name="Entrar", exact=True).click()
        self.page.wait_for_load_state("load")

    def makes_a_key(self, name: str) -> None:
        self.goes("/cuenta/2fa/webauthn/add/")
        if self.at.startswith("/cuenta/reauthenticate/"):
            self.page.get_by_label("Contraseña").fill(PASSWORD)
            self.clicks("Confirmar")
        self.page.get_by_label("Nombre").fill(name)
        self.page.get_by_role("button", name="Crear la llave").click()


@pytest.fixture
def ana(world: World, site: str, browser: Browser) -> Iterator[Holder]:
    """A passkey belongs to a name, so she comes by that of this machine and not by its number."""
    person = Holder(browser, site.replace("127.0.0.1", "localhost"))
    person.gets_an_authenticator()
    yield person
    person.leaves()


@pytest.fixture
def phone(world: World, site: str, browser: Browser) -> Iterator[Holder]:
    person = Holder(browser, site.replace("127.0.0.1", "localhost"), width=390, theme="light")
    person.gets_an_authenticator()
    yield person
    person.leaves()


def test_a_key_is_made_named_used_and_taken_away_and_every_page_bears_inspection(world: World, ana: Holder) -> None:
    ana.enters()
    ana.goes("/cuenta/2fa/")
    ana.bears_inspection("cuenta-seguridad")
    ana.goes("/cuenta/2fa/webauthn/add/")
    ana.bears_inspection("cuenta-confirma")
    ana.page.get_by_label("Contraseña").fill(PASSWORD)
    ana.clicks("Confirmar")
    ana.bears_inspection("cuenta-llave-crear")
    ana.page.get_by_label("Nombre").fill("Celular de Ana")
    ana.page.get_by_role("button", name="Crear la llave").click()
    ana.arrives("/recovery-codes/")
    ana.bears_inspection("cuenta-codigos")
    ana.goes("/cuenta/2fa/recovery-codes/")
    ana.bears_inspection("cuenta-codigos-ya-vistos")
    assert ana.keeps() == 1
    ana.goes("/cuenta/2fa/")
    ana.bears_inspection("cuenta-seguridad-con-llave")
    ana.goes("/cuenta/2fa/webauthn/")
    assert "Celular de Ana" in ana.page.content()
    ana.bears_inspection("cuenta-llaves")
    ana.page.get_by_role("link", name="Cambiar el nombre").click()
    ana.page.get_by_label("Nombre").fill("")
    ana.clicks("Guardar el nombre")
    ana.bears_inspection("cuenta-llave-nombre-error")
    ana.page.get_by_label("Nombre").fill("Mi Pixel")
    ana.clicks("Guardar el nombre")
    assert "Mi Pixel" in ana.page.content()

    ana.goes("/cuenta/logout/")
    ana.clicks("Cerrar sesión")
    ana.enters()
    assert ana.at.startswith("/cuenta/2fa/authenticate/")
    ana.bears_inspection("cuenta-segundo-paso")
    ana.page.get_by_role("button", name="Usar mi llave de acceso").click()
    ana.arrives(world.shop.office)
    assert ana.at == world.shop.office

    ana.goes("/cuenta/2fa/webauthn/reauthenticate/?next=/cuenta/2fa/")
    ana.bears_inspection("cuenta-confirma-llave")
    ana.page.get_by_role("button", name="Usar mi llave de acceso").click()
    ana.arrives("/cuenta/2fa/")
    ana.goes("/cuenta/2fa/webauthn/")
    ana.page.get_by_role("link", name="Quitar").click()
    ana.bears_inspection("cuenta-llave-quitar")
    ana.clicks("Quitar la llave")
    ana.bears_inspection("cuenta-sin-llaves")
    assert world.inside(Authenticator.objects.count) == 0


def test_one_enters_with_a_key_and_no_password(world: World, phone: Holder) -> None:
    phone.enters()
    phone.makes_a_key("Mi llave")
    phone.arrives("/recovery-codes/")
    shown = phone.page.locator(".codes li").all_inner_texts()
    with phone.page.expect_download() as kept:
        phone.page.get_by_role("link", name="Guardar el archivo").click()
    assert Path(kept.value.path()).read_text().split() == shown
    assert len(shown) == 10
    phone.goes("/cuenta/logout/")
    phone.clicks("Cerrar sesión")
    phone.goes(f"{world.shop.office}facturas/")
    phone.page.get_by_role("button", name="Usar mi llave de acceso").click()
    phone.arrives(f"{world.shop.office}facturas/")
    assert phone.at == f"{world.shop.office}facturas/"


def test_a_key_whose_holder_shows_nothing_does_not_open_without_the_password(world: World, phone: Holder) -> None:
    phone.enters()
    phone.makes_a_key("Mi llave")
    phone.arrives("/recovery-codes/")
    phone.goes("/cuenta/logout/")
    phone.clicks("Cerrar sesión")
    phone.cannot_show_who_it_is()
    phone.goes("/cuenta/login/")
    phone.page.get_by_role("button", name="Usar mi llave de acceso").click()
    phone.page.get_by_text("No se completó con la llave").wait_for()
    phone.goes(world.shop.office)
    assert phone.at.startswith("/cuenta/login/")


def test_what_a_company_demands_is_set_up_and_leads_in(world: World, phone: Holder) -> None:
    company = world.shop.company
    world.inside(lambda: EntryRule.objects.create(company=company, roles=[Role.OWNER]))
    phone.enters()
    assert phone.at == f"/cuenta/segundo-paso/{world.shop.slug}/"
    phone.bears_inspection("cuenta-falta-segundo-paso")
    phone.page.get_by_role("link", name="Crear una llave").click()
    phone.page.get_by_label("Contraseña").fill(PASSWORD)
    phone.clicks("Confirmar")
    phone.page.get_by_role("button", name="Crear la llave").click()
    phone.arrives("/recovery-codes/")
    phone.page.get_by_role("link", name="Ya los guardé, seguir").click()
    phone.arrives(world.shop.office)
    assert phone.at == world.shop.office


def test_without_a_name_or_without_script_the_other_ways_remain(world: World, site: str, browser: Browser) -> None:
    numbered = Holder(browser, site, width=390, theme="light")
    plain = Person(browser, site.replace("127.0.0.1", "localhost"), width=390, theme="light", script=False)
    for person in (numbered, plain):
        Holder.enters(person)  # type: ignore[arg-type]
        assert person.at == world.shop.office
        person.goes("/cuenta/2fa/webauthn/add/")
        person.page.get_by_label("Contraseña").fill(PASSWORD)
        person.clicks("Confirmar")
        assert not person.page.get_by_role("button", name="Crear la llave").is_visible()
        assert person.page.get_by_role("link", name="usa").first.is_visible()
        person.leaves()


def test_the_pages_of_a_forgotten_password_bear_inspection(world: World, ana: Holder) -> None:
    ana.goes("/cuenta/login/")
    ana.bears_inspection("cuenta-entrar")
    ana.page.get_by_role("link", name="Olvidé mi contraseña").click()
    ana.bears_inspection("cuenta-olvide")
    ana.clicks("Enviarme el enlace")
    ana.bears_inspection("cuenta-olvide-error")
    ana.page.get_by_label("Correo").fill(ANA)
    ana.clicks("Enviarme el enlace")
    ana.bears_inspection("cuenta-olvide-revisa")
    ana.goes("/cuenta/password/reset/key/1-x/")
    ana.bears_inspection("cuenta-enlace-muerto")
    world.settle()
    text = world.mail.mails[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    ana.goes(text.split("https://facturas.example", 1)[1].split()[0])
    ana.bears_inspection("cuenta-contrasena-nueva")
    for label in ("Contraseña nueva", "Escríbela otra vez"):
        ana.page.get_by_label(label).fill("otra contraseña más larga")
    ana.clicks("Guardar la contraseña")
    ana.bears_inspection("cuenta-contrasena-guardada")


def test_the_pages_of_a_new_address_and_of_the_rule_bear_inspection(world: World, ana: Holder) -> None:
    ana.enters()
    ana.goes("/cuenta/correo/")
    ana.page.get_by_label("Contraseña").fill(PASSWORD)
    ana.clicks("Confirmar")
    ana.clicks("Enviarme el enlace")
    ana.bears_inspection("cuenta-correo-error")
    ana.page.get_by_label("Correo nuevo").fill("ana.ruiz@nuevo.example")
    ana.clicks("Enviarme el enlace")
    ana.bears_inspection("cuenta-correo-enviado")
    world.settle()
    text = world.mail.mails[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    ana.goes(text.split("https://facturas.example", 1)[1].split()[0])
    ana.bears_inspection("cuenta-correo-confirmar")
    ana.goes("/cuenta/correo/nada/")
    ana.bears_inspection("cuenta-correo-enlace-muerto")
    ana.goes(f"{world.shop.office}personas/segundo-paso/")
    ana.bears_inspection("oficina-exigir-segundo-paso")
