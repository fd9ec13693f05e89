"""Ajustes › Correo: how mails leave, proved with a test, told in plain words, and never a secret shown."""

from typing import Any

import pytest

from amate.audit.models import Entry
from amate.companies.secrets import unseal
from amate.messages.models import MailSettings, Message
from amate.promises.models import Promise
from tests.messages.ways import SENDER, by_smtp, refusing_logins
from tests.web.office.desk import Office
from tests.web.office.test_settings import post, said
from tests.world import World

SMTP = {
    "version": "0",
    "sender": SENDER,
    "host": "127.0.0.1",
    "tls": "none",
    "user": "",
    "secret": "",
    "reply_to": "",
    "usted": "",
}
MAILGUN = {"version": "0", "way": "mailgun", "sender": SENDER, "secret": "key-muy-secreta", "signing": "firma-secreta"}


def kept(world: World) -> MailSettings:
    return world.scoped(lambda: MailSettings.objects.get())


def test_an_smtp_server_is_kept_and_its_password_is_sealed(world: World, office: Office) -> None:
    typed = SMTP | {
        "host": "smtp.elamate.example",
        "port": "587",
        "tls": "starttls",
        "user": "ana",
        "secret": "s3creta",
    }
    answer = post(office, "correo/?por=smtp", typed)
    assert answer.status_code == 302
    row = kept(world)
    assert (row.way, row.host, row.port, row.tls, row.user) == ("smtp", "smtp.elamate.example", 587, "starttls", "ana")
    assert b"s3creta" not in bytes(row.sealed_secret)
    assert world.scoped(lambda: unseal(bytes(row.sealed_secret), field="mail.secret")) == b"s3creta"
    page = office.text("ajustes/correo/")
    assert "s3creta" not in page
    assert "Ahora: Tu servidor SMTP" in page
    entry = world.scoped(lambda: Entry.objects.get(act="mail.set"))
    assert entry.detail == {"way": "Tu servidor SMTP", "sender": SENDER, "host": "smtp.elamate.example"}


def test_a_kept_password_goes_to_no_other_server(world: World, office: Office) -> None:
    typed = SMTP | {
        "host": "smtp.elamate.example",
        "port": "587",
        "tls": "starttls",
        "user": "ana",
        "secret": "s3creta",
    }
    post(office, "correo/?por=smtp", typed)
    again = typed | {"secret": "", "version": "1"}
    for change in ({"host": "smtp.ladron.example"}, {"user": "otra"}, {"tls": "none"}, {"port": "2525"}):
        answer = post(office, "correo/?por=smtp", again | change)
        assert answer.status_code == 422, change
        assert "se pide otra vez" in said(answer)
    assert post(office, "correo/?por=smtp", again | {"reply_to": "hola@elamate.example"}).status_code == 302
    assert kept(world).sealed_secret


def test_who_saves_over_somebody_elses_change_is_told_and_keeps_what_was_typed(world: World, office: Office) -> None:
    by_smtp(world)
    answer = post(office, "correo/?por=smtp", SMTP | {"port": "587", "host": "mio.example"})
    assert answer.status_code == 422
    assert "alguien cambió estos datos hace un momento" in said(answer)
    assert 'value="mio.example"' in said(answer)
    assert kept(world).host == "127.0.0.1"
    assert (
        post(office, "correo/?por=smtp", SMTP | {"port": "587", "host": "mio.example", "version": "1"}).status_code
        == 302
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"host": ""}, "Escribe el nombre de tu servidor"),
        ({"host": "https://smtp.x.mx/"}, "Es solo el nombre del servidor"),
        ({"port": "mil"}, "El puerto es un número"),
        ({"sender": "facturas"}, "Al correo le falta algo"),
        ({"user": "ana"}, "Escribe la contraseña"),
        ({"secret": "x"}, "Escribe el usuario de esa contraseña"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    world: World, office: Office, change: dict[str, str], sentence: str
) -> None:
    answer = post(office, "correo/?por=smtp", SMTP | {"port": "587"} | change)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert world.scoped(lambda: MailSettings.objects.count()) == 0


def test_a_provider_gets_its_address_for_notices(world: World, office: Office) -> None:
    assert post(office, "correo/?por=proveedor", MAILGUN | {"signing": ""}).status_code == 302
    page = office.text("ajustes/correo/")
    assert f"/avisos/{world.shop.slug}/correo/" in page
    assert "http://amate:" in page
    assert "HTTP webhook signing key" in page, "Mailgun signs, and its key is missing"
    post(office, "correo/?por=proveedor", MAILGUN | {"version": "1"})
    page = office.text("ajustes/correo/")
    assert "Falta la clave" not in page
    for secret in ("key-muy-secreta", "firma-secreta"):
        assert secret not in page
    assert "key-muy-secreta" not in str(world.scoped(lambda: list(Entry.objects.values_list("detail", flat=True))))


def test_mailjet_asks_for_both_of_its_keys(world: World, office: Office) -> None:
    answer = post(office, "correo/?por=proveedor", MAILGUN | {"way": "mailjet"})
    assert answer.status_code == 422
    assert "Mailjet usa dos claves" in said(answer)


def test_another_provider_forgets_the_keys_of_the_first(world: World, office: Office) -> None:
    post(office, "correo/?por=proveedor", MAILGUN)
    answer = post(office, "correo/?por=proveedor", MAILGUN | {"way": "postmark", "secret": "", "version": "1"})
    assert answer.status_code == 422
    post(office, "correo/?por=proveedor", MAILGUN | {"way": "postmark", "signing": "", "version": "1"})
    assert kept(world).sealed_signing == b""


# ------------------------------------------------------------ the test mail


def tried(world: World, office: Office) -> str:
    answer = post(office, "correo/probar/", {"to": "ana@amate.example"})
    assert answer.status_code == 302
    assert "Enviamos la prueba" in office.text("ajustes/correo/")
    world.settle()
    return office.text("ajustes/correo/")


def test_a_test_that_leaves_is_told_and_arrives(world: World, office: Office) -> None:
    by_smtp(world)
    page = tried(world, office)
    assert "La prueba salió a ana@amate.example." in page
    (mail,) = world.mail.mails
    assert mail["Subject"] == "Correo de prueba de Cafetería El Amate"
    assert SENDER in mail["From"]
    assert world.scoped(lambda: Entry.objects.get(act="mail.tried").detail) == {"to": "ana@amate.example"}


def test_a_test_without_settings_tries_the_installations_server(world: World, office: Office) -> None:
    assert "La prueba salió" in tried(world, office)
    assert "facturas@amate.example" in world.mail.mails[0]["From"]


@pytest.mark.parametrize(
    ("way", "sentence"),
    [
        ({"tls": "starttls"}, "El modo de cifrado no coincide con el del servidor"),
        ({"host": "no-existe.invalid"}, "No encontramos ese servidor"),
        ({"host": "10.0.0.1", "port": 587}, "No está permitido conectarse a ese servidor"),
    ],
)
def test_a_test_that_fails_says_why_in_plain_words(
    world: World, office: Office, way: dict[str, Any], sentence: str
) -> None:
    by_smtp(world, **way)
    page = tried(world, office)
    assert "no salió" in page
    assert sentence in page
    assert world.scoped(lambda: Promise.objects.open().count()) == 0, "a test is not tried again"
    assert world.scoped(lambda: Message.objects.astray().count()) == 0, "and needs nobody's care"


def test_a_wrong_password_is_told_in_plain_words(world: World, office: Office) -> None:
    with refusing_logins() as port:
        by_smtp(world, user="ana", secret="mala", port=port)
        assert "No acepta tu usuario, tu contraseña o tu clave" in tried(world, office)


def test_a_refused_address_of_a_test_is_told(world: World, office: Office) -> None:
    world.mail.refuse.add("ana@amate.example")
    assert "El servidor no acepta esa dirección" in tried(world, office)


def test_tests_are_limited(world: World, office: Office) -> None:
    for n in range(10):
        assert post(office, "correo/probar/", {"to": f"ana{n}@amate.example"}).status_code == 302
    answer = post(office, "correo/probar/", {"to": "ana@amate.example"})
    assert answer.status_code == 422
    assert "Ya enviaste varias pruebas en esta hora" in said(answer)


def test_while_it_waits_the_page_asks_and_then_leads_on(world: World, office: Office) -> None:
    by_smtp(world)
    post(office, "correo/probar/", {"to": "ana@amate.example"})
    assert "data-live" in office.text("ajustes/correo/probar/estado/")
    world.settle()
    assert office.get("ajustes/correo/probar/estado/")["HX-Redirect"].endswith("/ajustes/correo/#prueba")
