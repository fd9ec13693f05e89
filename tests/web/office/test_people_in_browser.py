"""People, keys and audit in a real browser: on a phone and a desk, by day and by night."""

from playwright.sync_api import Browser

from amate.access.invite import token_of
from amate.access.models import ApiKey, Invitation, Role
from tests.access.team import hired
from tests.browser.person import Person
from tests.web.office.test_pages_in_browser import ana as ana
from tests.world import World


def test_the_pages_of_people_keys_and_audit_bear_inspection(
    world: World, site: str, browser: Browser, ana: Person
) -> None:
    leo = hired(world, "una.persona.con.un.correo.bastante.largo@contabilidad.amate.example", Role.ACCOUNTANT)
    ana.goes(f"{world.shop.office}personas/")
    ana.clicks("Invitar")
    ana.bears_inspection("oficina-personas-error")
    ana.page.get_by_label("Correo de la persona").fill("leo@amate.example")
    ana.clicks("Invitar")
    ana.bears_inspection("oficina-personas")
    invitation = world.inside(lambda: Invitation.objects.get())
    ana.goes(f"{world.shop.office}claves/")
    ana.clicks("Hacer la clave")
    ana.bears_inspection("oficina-claves-error")
    ana.page.get_by_label("Nombre").fill("Caja 2")
    ana.page.get_by_label("Registrar ventas").check()
    ana.clicks("Hacer la clave")
    ana.bears_inspection("oficina-clave-hecha")
    key = world.inside(lambda: ApiKey.objects.latest("id").pk)
    for name, path in {
        "persona": f"{world.shop.office}personas/{leo.pk}/",
        "persona-quitar": f"{world.shop.office}personas/{leo.pk}/quitar/",
        "invitacion-retirar": f"{world.shop.office}personas/invitaciones/{invitation.pk}/retirar/",
        "claves": f"{world.shop.office}claves/",
        "clave-revocar": f"{world.shop.office}claves/{key}/revocar/",
        "auditoria": f"{world.shop.office}auditoria/",
        "auditoria-ninguna": f"{world.shop.office}auditoria/?sobre=nada",
        "sesiones": "/cuenta/sesiones/",
        "invitacion-otra": f"/cuenta/invitacion/{token_of(invitation)}/",
        "invitacion-usada": "/cuenta/invitacion/nada/",
    }.items():
        ana.goes(path)
        ana.bears_inspection(f"gente-{name}")


def test_who_is_invited_comes_in(world: World, site: str, browser: Browser, ana: Person) -> None:
    ana.goes(f"{world.shop.office}personas/")
    ana.page.get_by_label("Correo de la persona").fill("leo@amate.example")
    ana.clicks("Invitar")
    invitation = world.inside(lambda: Invitation.objects.get())
    hasty = Person(browser, site)
    _accepts(hasty, invitation, password="corta")
    hasty.bears_inspection("invitacion-error")
    hasty.leaves()
    leo = Person(browser, site, script=False)
    _accepts(leo, invitation, password="corta")
    leo.page.get_by_label("Contraseña").fill("una frase bastante larga")
    leo.clicks("Aceptar y entrar")
    assert leo.at == world.shop.office
    leo.leaves()


def _accepts(person: Person, invitation: Invitation, *, password: str) -> None:
    person.goes(f"/cuenta/invitacion/{token_of(invitation)}/")
    person.page.get_by_label("Tu nombre").fill("Leo Paz")
    person.page.get_by_label("Contraseña").fill(password)
    person.clicks("Aceptar y entrar")
