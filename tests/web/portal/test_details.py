"""The receiver's data: what is asked follows from what was typed."""

import re
from typing import Any

import pytest

from amate.companies.models import PortalPolicy
from amate.invoices.models import Invoice
from tests.people import FISICA, MORAL
from tests.web.portal.buyer import Buyer, words
from tests.world import World


@pytest.fixture
def buyer(world: World) -> Buyer:
    made = Buyer(world.shop)
    made.opens(world.sale())
    return made


def regimes(page: str) -> list[str]:
    return re.findall(r'<option value="(\d{3})"', page)


def uses(page: str) -> list[str]:
    return re.findall(r'name="uso_cfdi" value="(\w+)"', page)


def chosen(page: str) -> list[str]:
    return re.findall(r'name="uso_cfdi" value="(\w+)"[^>]* checked', page)


def fragment(buyer: Buyer, **typed: str) -> str:
    return words(buyer.post("datos/fiscal/", typed, headers={"HX-Request": "true"}))


def test_a_first_visit_shows_no_errors_and_every_regime(buyer: Buyer) -> None:
    page = words(buyer.get("datos/"))
    assert len(set(regimes(page))) == 19
    assert "error-summary" not in page
    assert chosen(page) == ["G03"]


@pytest.mark.parametrize(("rfc", "count"), [("SDI190823KX4", 8), ("XOJI740919U48", 13)])
def test_the_rfc_picks_the_regimes(buyer: Buyer, rfc: str, count: int) -> None:
    assert len(regimes(fragment(buyer, rfc=rfc))) == count


def test_a_salaried_person_is_left_with_one_use_and_it_is_chosen(buyer: Buyer) -> None:
    page = fragment(buyer, rfc=FISICA["rfc"], regimen_fiscal="605", uso_cfdi="G03")
    assert "G03" not in uses(page)
    assert chosen(page) == ["S01"]


def test_the_company_narrows_the_uses(world: World, buyer: Buyer) -> None:
    world.scoped(lambda: PortalPolicy.objects.update(usos=["G01", "G03"]))
    assert uses(fragment(buyer, rfc=MORAL["rfc"], regimen_fiscal="601")) == ["G03", "G01"]
    assert uses(fragment(buyer, rfc=FISICA["rfc"], regimen_fiscal="616")) == ["S01"]


def test_a_payments_or_payroll_use_is_never_offered(buyer: Buyer) -> None:
    assert not {"CP01", "CN01"} & set(uses(words(buyer.get("datos/"))))


@pytest.mark.parametrize(
    ("rfc", "said"),
    [
        ("XOJI740919U48", ""),
        ("SDI190823KX9", "El último dígito no coincide"),
        ("SDI19", "El RFC lleva 12 o 13 caracteres y escribiste 5"),
        ("XAXX010101000", "Ese RFC es de público en general"),
    ],
)
def test_the_rfc_is_judged_while_it_is_typed(buyer: Buyer, rfc: str, said: str) -> None:
    page = fragment(buyer, rfc=rfc)
    assert 'hx-swap-oob="true"' in page
    assert (said in page) if said else ("</p></div>" not in page.split("rfc_aviso")[1])


def test_an_empty_form_is_answered_field_by_field(buyer: Buyer) -> None:
    answer = buyer.post("datos/", {})
    page = words(answer)
    assert answer.status_code == 422
    assert "<title>Error: " in page
    for name, said in {
        "rfc": "Escribe tu RFC",
        "nombre": "Escribe el nombre como está en el SAT",
        "cp": "Escribe el código postal",
        "regimen_fiscal": "Elige tu régimen fiscal: está en tu Constancia",
        "uso_cfdi": "Elige para qué usarás la factura",
    }.items():
        assert f'<a href="#{name}">{said}</a>' in page
        assert page.count(said) >= 2
    assert re.search(r'role="alert" tabindex="-1" id="errores" autofocus', page)


def test_all_that_was_typed_survives_a_refusal(buyer: Buyer) -> None:
    page = words(buyer.gives(cp="4416", correo="sin-arroba"))
    assert f'value="{MORAL["nombre"]}"' in page
    assert 'value="4416"' in page
    assert 'value="sin-arroba"' in page
    assert '<option value="601" selected' in page
    assert "El código postal lleva 5 números" in page
    assert "Al correo le falta algo" in page


def test_a_regime_of_the_other_kind_of_person_is_refused(buyer: Buyer) -> None:
    page = words(buyer.gives(regimen_fiscal="612"))
    assert "Elige tu régimen fiscal" in page
    assert buyer.last.status_code == 422


def test_an_impossible_pair_is_refused_and_the_possible_use_is_picked(buyer: Buyer) -> None:
    answer = buyer.gives(**{**FISICA, "regimen_fiscal": "605", "uso_cfdi": "G03"})
    page = words(answer)
    assert answer.status_code == 422
    assert '<a href="#uso_cfdi">El SAT no acepta ese uso con tu régimen. Elige otro</a>' in page
    assert chosen(page) == ["S01"]


def test_spaces_dashes_and_small_letters_are_no_obstacle(buyer: Buyer) -> None:
    assert buyer.gives(rfc=" sdi-190823 kx4 ", cp=" 44160 ").headers["Location"] == buyer.url("revisar/")
    assert "SDI190823KX4" in words(buyer.get("revisar/"))


def test_the_form_of_company_goes_and_comes_back_as_asked(world: World, buyer: Buyer) -> None:
    buyer.gives()
    page = words(buyer.get("revisar/"))
    assert "<dd>SURCO DISEÑO</dd>" in page
    assert "Quitamos “S.A. DE C.V.” del nombre" in page
    buyer.post("revisar/nombre/", {"conservar": "1"})
    page = words(buyer.get("revisar/"))
    assert "<dd>SURCO DISEÑO, S.A. DE C.V.</dd>" in page
    buyer.post("revisar/nombre/", {"conservar": "0"})
    assert "<dd>SURCO DISEÑO</dd>" in words(buyer.get("revisar/"))
    buyer.post("revisar/nombre/", {"conservar": "1"})
    buyer.emits()
    assert world.scoped(lambda: Invoice.objects.get()).nombre == "SURCO DISEÑO, S.A. DE C.V."


def test_review_without_data_leads_back_to_the_data(world: World, buyer: Buyer) -> None:
    assert buyer.get("revisar/").headers["Location"] == buyer.url("datos/")
    assert buyer.emits().headers["Location"] == buyer.url("datos/")
    assert world.scoped(lambda: Invoice.objects.count()) == 0


def test_a_doubtful_check_digit_is_a_warning_on_review_and_no_obstacle(buyer: Buyer) -> None:
    assert buyer.gives(rfc="SDI190823KX9").headers["Location"] == buyer.url("revisar/")
    assert "El último dígito no coincide" in words(buyer.get("revisar/"))


def test_names_are_shown_as_text_never_as_markup(world: World, buyer: Buyer) -> None:
    buyer.gives(nombre="<b>Surco & Hijos</b>")
    page = buyer.get("revisar/").content.decode()
    assert "<b>SURCO" not in page.upper().replace("&LT;", "")
    assert "SURCO &amp; HIJOS" in page


@pytest.mark.parametrize("junk", [{"rfc": "\x00"}, {"nombre": "a" * 5000}, {"cp": "٤٤١٦٠"}, {"regimen_fiscal": "✓"}])
def test_junk_is_answered_with_a_form(buyer: Buyer, junk: dict[str, Any]) -> None:
    assert buyer.gives(**junk).status_code == 422
