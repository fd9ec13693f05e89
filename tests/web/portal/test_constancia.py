"""A buyer offers his Constancia: his data are in their fields, to be looked at, and nothing of it is anywhere else."""

import logging
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as amate
from django.core.files.uploadedfile import SimpleUploadedFile

from amate.constancia import read
from amate.self_invoicing.models import Visit
from amate.web.too_big import OF_EVERYBODY
from tests.constancia.paper import FISICA, MORAL, bytes_of, pdf_of, picture_of
from tests.people import MORAL as TYPED
from tests.web.portal.buyer import Buyer, words
from tests.web.portal.test_details import chosen
from tests.world import World

UNREADABLE = "No pudimos leer ese archivo. Escribe tus datos; son cinco"


@pytest.fixture
def buyer(world: World) -> Buyer:
    made = Buyer(world.shop)
    made.opens(world.sale())
    return made


def offers(buyer: Buyer, data: bytes | None, **typed: str) -> Any:
    file = {} if data is None else {"constancia": SimpleUploadedFile("XOJI740919U48.pdf", data)}
    return buyer.post("datos/constancia/", {**typed, **file})


def test_its_data_are_in_the_fields_and_nothing_is_kept_until_he_continues(
    world: World, buyer: Buyer, tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "none")  # whatever is laid on the disk fails here
    caplog.set_level(logging.DEBUG)
    big = pdf_of(FISICA) + b"\n" * 4_900_000
    answer = offers(buyer, big, correo="ana@example.com")
    page = words(answer)
    assert answer.status_code == 200
    assert 'value="XOJI740919U48"' in page
    assert 'value="INGRID XODAR JIMENEZ"' in page
    assert 'value="76028"' in page
    assert '<option value="612" selected' in page
    assert chosen(page) == ["G03"]
    assert 'value="ana@example.com"' in page
    assert "Leímos tu Constancia, y ya no la tenemos. Revisa que todo esté bien." in page
    assert "error-summary" not in page
    assert world.scoped(lambda: Visit.objects.get().fiscal) == {}
    assert "XOJI740919U48" not in caplog.text
    assert amate.FILE_UPLOAD_MAX_MEMORY_SIZE >= OF_EVERYBODY


def test_what_was_typed_stays_where_nothing_can_be_read(buyer: Buyer) -> None:
    for data, said in ((b"hola", UNREADABLE), (b"", UNREADABLE), (None, "Elige primero el archivo de tu Constancia")):
        answer = offers(buyer, data, **TYPED)
        page = words(answer)
        assert answer.status_code == 422
        assert f'<a href="#constancia">{said}</a>' in page
        assert page.count(said) == 2
        assert '<details class="csf" open>' in page
        assert 'value="SDI190823KX4"' in page
        assert '<option value="601" selected' in page
        assert "<title>Error: " in page
        assert "Leímos" not in page


def test_several_regimes_are_chosen_from_and_a_choice_made_stays(buyer: Buyer) -> None:
    two = pdf_of(FISICA.but(regimes=(*FISICA.regimes, "Régimen de Arrendamiento 01/02/2020")))
    page = words(offers(buyer, two))
    assert "Tiene 2 regímenes: elige con cuál va esta factura (612 Personas Físicas" in page
    assert '<option value="612" selected' not in page
    assert '<option value="606" selected' in words(offers(buyer, two, regimen_fiscal="606"))


def test_a_photo_gives_the_rfc_alone(buyer: Buyer) -> None:
    photo = bytes_of(picture_of(MORAL), "JPEG")
    page = words(offers(buyer, photo, nombre="Surco Diseño"))
    assert 'value="SDI190823KX4"' in page
    assert 'value="Surco Diseño"' in page
    assert "De ese archivo solo se puede leer tu RFC" in page


def test_it_is_read_a_few_times_and_then_typed(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    def no(data: bytes, **_: Any) -> None:
        asked.append(data)
        raise read.Unreadable

    monkeypatch.setattr("amate.web.portal.constancia.read_constancia", no)
    for _ in range(6):
        assert UNREADABLE in words(offers(buyer, b"hola"))
    page = words(offers(buyer, b"hola", **TYPED))
    assert "Estamos leyendo otros archivos" in page
    assert 'value="SDI190823KX4"' in page
    assert len(asked) == 6


def test_only_whoever_opened_a_note_has_it_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    monkeypatch.setattr("amate.web.portal.constancia.read_constancia", lambda data, **_: asked.append(data))
    stranger = Buyer(world.shop)
    assert offers(stranger, pdf_of(FISICA)).status_code == 302
    assert asked == []


def test_a_note_opened_in_another_tab_is_told_first(world: World, buyer: Buyer) -> None:
    answer = offers(buyer, pdf_of(FISICA), nota="another")
    assert answer.status_code == 409
    assert "Abriste otra nota en otra pestaña" in words(answer)
    assert "XOJI740919U48" not in words(answer)
