"""The first run: an empty installation becomes a company through one page that opens once."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client, override_settings

from amate.access.models import Membership, Role, User
from amate.companies.models import Branch, Company, Emisor, PortalPolicy
from amate.running.first_run import AlreadyUsed, is_token, new_token, used_once
from amate.running.serve import first_address
from amate.tenancy.scope import company_scope

TYPED = {
    "rfc": "cea210315xx4",
    "nombre": "Cafetería El Amate, S.A. de C.V.",
    "regimen_fiscal": "601",
    "cp": "44100",
    "nombre_comercial": "Cafetería El Amate",
    "slug": "",
    "persona": "Ana Ruiz",
    "email": "Ana@Amate.example",
    "password": "una frase que recuerdo",
}


@pytest.fixture
def token(committed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database and a data folder of its own, whose address was just printed."""
    monkeypatch.setenv("AMATE_HOME", str(tmp_path))
    return new_token()


def test_serve_prints_the_address_only_while_there_is_no_company(token: str) -> None:
    address = first_address()
    assert address.startswith("/empezar/")
    assert not is_token(token), "a newer start makes the older address worthless"
    assert is_token(address.removeprefix("/empezar/").split(" ")[0])
    Company.objects.create(slug="ya-hay", created_at="2026-11-21T12:00:00Z")
    assert first_address() == ""
    assert not is_token(address.removeprefix("/empezar/").split(" ")[0])


def test_it_makes_the_company_and_its_owner_and_leads_to_the_guided_path(token: str) -> None:
    client = Client()
    assert client.get(f"/empezar/{token}").status_code == 200
    answer = client.post(f"/empezar/{token}", TYPED)
    assert answer["Location"] == "/oficina/cafeteria-el-amate/"
    company = Company.objects.get()
    with company_scope(company.pk):
        emisor = Emisor.objects.get()
        assert (emisor.rfc, emisor.nombre, emisor.nombre_comercial) == (
            "CEA210315XX4",
            "CAFETERÍA EL AMATE",
            "Cafetería El Amate",
        )
        assert Branch.objects.get().cp == "44100"
        assert not PortalPolicy.objects.get().enabled, "the portal is the last step of the path"
    assert Membership.objects.get().role == Role.OWNER
    assert User.objects.get().check_password(TYPED["password"])
    home = client.get(answer["Location"])
    assert home.status_code == 200
    assert [(step.name, step.done) for step in home.context["path"].steps] == [
        ("Tus datos", False),
        ("Tu marca", False),
        ("Tu sucursal", False),
        ("Tu sello digital", False),
        ("Tu PAC", False),
        ("Enciende tu portal", False),
    ]
    with override_settings(PAC_IS_SIMULATOR=True):
        steps = client.get(answer["Location"]).context["path"].steps
    assert [step.name for step in steps][5] == "Tu primera factura de prueba"
    client.post(
        "/oficina/cafeteria-el-amate/ajustes/empresa/", _company() | {"telefono": "33 1234 5678", "usual_iva": "0.16"}
    )
    assert client.get(answer["Location"]).context["path"].steps[0].done


def _company() -> dict[str, str]:
    return {"rfc": "CEA210315XX4", "nombre": "CAFETERIA EL AMATE", "regimen_fiscal": "601", "nombre_comercial": "Amate"}


def test_the_address_is_good_once(token: str) -> None:
    client = Client()
    assert client.post(f"/empezar/{token}", TYPED).status_code == 302
    assert Client().get(f"/empezar/{token}").status_code == 404
    assert Client().post(f"/empezar/{token}", TYPED).status_code == 404
    assert Company.objects.count() == 1


def test_an_invented_address_is_not_found(token: str) -> None:
    assert Client().get("/empezar/no-es-esta").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"rfc": "NO"}, "RFC"),
        ({"regimen_fiscal": "612"}, "Ese régimen no es de una persona moral"),
        ({"cp": "00000"}, "no es un código postal"),
        ({"nombre": "Café | Amate"}, "|"),
        ({"password": "corta"}, "10"),
        ({"email": "ana"}, "Al correo le falta algo"),
        ({"slug": "con espacio"}, "letras sin acento"),
        ({"persona": ""}, "Escribe tu nombre"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_begun(token: str, wrong: dict[str, str], sentence: str) -> None:
    answer = Client().post(f"/empezar/{token}", TYPED | wrong)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert TYPED["persona"] in answer.content.decode() or "persona" in wrong
    assert (Company.objects.count(), User.objects.count()) == (0, 0)
    assert is_token(token), "a mistake does not spend the address"


def test_of_two_at_once_one_founds_the_company(token: str) -> None:
    def send(number: int) -> int:
        try:
            return int(Client().post(f"/empezar/{token}", TYPED | {"email": f"p{number}@amate.example"}).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        answers = sorted(threads.map(send, range(4)))
    assert answers == [302, 404, 404, 404]
    assert (Company.objects.count(), User.objects.count()) == (1, 1)


def test_a_token_whose_use_failed_is_good_again(token: str) -> None:
    def fail() -> None:
        with used_once(token):
            assert not is_token(token)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert is_token(token)
    with used_once(token):
        pass
    with pytest.raises(AlreadyUsed), used_once(token):
        pass


def test_of_the_token_only_its_digest_is_kept(token: str, tmp_path: Path) -> None:
    kept: Any = (tmp_path / "keys" / "first-run").read_text()
    assert token not in kept


def test_behind_a_proxy_with_tls_it_opens_as_it_does_here(token: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["facturas.example"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://facturas.example"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    through: Any = {"HTTP_HOST": "facturas.example", "HTTP_X_FORWARDED_PROTO": "https"}
    client = Client(enforce_csrf_checks=True, **through)
    page = client.get(f"/empezar/{token}")
    assert page["Referrer-Policy"] == "same-origin"  # the address goes to no other site
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert found
    said = TYPED | {"csrfmiddlewaretoken": found[1]}
    elsewhere = client.post(f"/empezar/{token}", said, headers={"origin": "https://otro.example"})
    assert elsewhere.status_code == 403
    answer = client.post(f"/empezar/{token}", said, headers={"origin": "https://facturas.example"})
    assert answer["Location"] == "/oficina/cafeteria-el-amate/"
    assert client.get(f"/empezar/{token}").status_code == 404
