"""REC-1..6, USO-1, USO-2."""

import csv
from typing import Any

import pytest

from amate.fiscal.catalogs import installed
from amate.fiscal.receptor import (
    Receptor,
    ReceptorRefused,
    default_uso,
    foreign_receptor,
    normalise_name,
    public_receptor,
    read_receptor,
    regimenes_for,
    uso_allowed,
    usos_for,
)
from amate.fiscal.rfc import Persona
from amate.fiscal.tables.personas import REGIMENES, USOS
from amate.fiscal.text import TextRefused
from tests.corpus import CORPUS, needs_corpus

MORAL = {
    "rfc": "EKU9003173C9",
    "nombre": "Escuela Kemper Urgate, S.A. de C.V.",
    "domicilio_fiscal": "42501",
    "regimen_fiscal": "601",
    "uso_cfdi": "G03",
}
FISICA = {
    "rfc": "CACX7605101P8",
    "nombre": "Xochilt Casas Chavez",
    "domicilio_fiscal": "36257",
    "regimen_fiscal": "612",
    "uso_cfdi": "D01",
}


def read(base: dict[str, str] = MORAL, **changes: Any) -> Any:
    return read_receptor(**{**base, "catalogs": installed(), **changes})


def errors_of(base: dict[str, str] = MORAL, **changes: Any) -> dict[str, str]:
    with pytest.raises(ReceptorRefused) as refused:
        read(base, **changes)
    return dict(refused.value.errors)


# ------------------------------------------------------------ reading


def test_it_reads_a_persona_moral_and_says_which_suffix_it_took_off() -> None:
    done = read()
    assert done.receptor == Receptor("EKU9003173C9", "ESCUELA KEMPER URGATE", "42501", "601", "G03")
    assert (done.suffix_removed, done.warnings) == ("S.A. DE C.V.", {})


def test_the_name_stays_as_typed_when_its_owner_says_so() -> None:
    done = read(keep_suffix=True)
    assert done.receptor.nombre == "ESCUELA KEMPER URGATE, S.A. DE C.V."
    assert done.suffix_removed == ""


def test_it_never_touches_the_name_of_a_persona_fisica() -> None:
    assert read(FISICA, nombre="Ana Rosa Sa").receptor.nombre == "ANA ROSA SA"


def test_it_tells_all_that_is_wrong_at_once() -> None:
    assert errors_of(rfc="", nombre=" ", domicilio_fiscal="", regimen_fiscal="", uso_cfdi="") == {
        "rfc": "Escribe tu RFC",
        "nombre": "Escribe el nombre como está en el SAT",
        "cp": "El código postal lleva 5 números",
        "regimen_fiscal": "Elige tu régimen fiscal: está en tu Constancia",
        "uso_cfdi": "Elige para qué usarás la factura",
    }


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"rfc": "XAXX010101000"}, "rfc", "Ese RFC es de público en general"),
        ({"rfc": "XEXX010101000"}, "rfc", "Ese RFC es de público en general"),
        ({"nombre": "a|b"}, "nombre", "Quita la barra"),
        ({"nombre": "a\u200bb"}, "nombre", "carácter invisible"),
        ({"nombre": "X" * 301}, "nombre", "caben 300"),
        ({"nombre": "Público en general"}, "nombre", "no es el nombre de nadie"),
        ({"domicilio_fiscal": "6700"}, "cp", "lleva 5 números"),
        ({"domicilio_fiscal": "00000"}, "cp", "El SAT no tiene ese código postal"),
        ({"domicilio_fiscal": "00001"}, "cp", "El SAT no tiene ese código postal"),
        ({"regimen_fiscal": "612"}, "regimen_fiscal", "Este régimen no corresponde a tu RFC"),
        ({"regimen_fiscal": "609"}, "regimen_fiscal", "Elige tu régimen fiscal"),
        ({"uso_cfdi": "D01"}, "uso_cfdi", "El SAT no acepta ese uso con tu régimen. Elige otro"),
        ({"uso_cfdi": "CP01"}, "uso_cfdi", "Elige para qué usarás la factura"),
        ({"uso_cfdi": "P01"}, "uso_cfdi", "Elige para qué usarás la factura"),
        ({"offered_usos": {"S01"}}, "uso_cfdi", "Aquí no se factura con ese uso. Elige otro"),
    ],
)
def test_each_wrong_field_has_its_sentence_and_no_other_field_does(
    changes: dict[str, Any], field: str, says: str
) -> None:
    errors = errors_of(**changes)
    assert list(errors) == [field]
    assert says in errors[field]


def test_a_wrong_check_digit_and_accents_are_warnings() -> None:
    done = read(rfc="EKU9003173C8", nombre="Compañía Fríos")
    assert done.receptor.nombre == "COMPAÑÍA FRÍOS"
    assert done.warnings["rfc"] == "El último dígito no coincide. Si así está en tu Constancia, continúa"
    assert "sin acentos" in done.warnings["nombre"]
    assert read(nombre="Peñafiel Ñandú".replace("ú", "u")).warnings == {}


# ------------------------------------------------------------ names


@needs_corpus
def test_names_lose_one_suffix_as_the_outside_vectors_say() -> None:
    with (CORPUS / "vectors" / "razon_social.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8
    for row in rows:
        assert normalise_name(row["input"], "M").nombre == row["expected"]


@needs_corpus
def test_every_suffix_of_the_outside_list_is_known_whole() -> None:
    listed = (CORPUS / "vectors" / "regimen_capital_suffixes.txt").read_text(encoding="utf-8").split("\n")
    suffixes = [suffix.strip() for suffix in listed if suffix.strip()]
    assert len(suffixes) > 140
    for suffix in suffixes:
        assert normalise_name(f"Empresa Patito {suffix}", "M") == ("EMPRESA PATITO", suffix)


@pytest.mark.parametrize(
    ("typed", "nombre", "suffix"),
    [
        ("  acme   s.a.p.i.  de c.v. ", "ACME", "S.A.P.I. DE C.V."),
        ("Acme S.A.P.I.de C.V.", "ACME", "S.A.P.I.DE C.V."),
        ("GRUPO A, S. DE R.L. DE C.V.", "GRUPO A", "S. DE R.L. DE C.V."),
        ("JUAN Y CIA., S. en C.", "JUAN Y CIA.", "S. EN C."),
        ("Uno Sociedad Anónima de Capital Variable", "UNO", "SOCIEDAD ANÓNIMA DE CAPITAL VARIABLE"),
        ("Club Rotario, A.C.", "CLUB ROTARIO", "A.C."),
        ("Auditores SAB SA", "AUDITORES SAB", "SA"),
        ("HERRERIA & ELECTRICOS S DE CV", "HERRERIA & ELECTRICOS", "S DE CV"),
        ("LA CASA", "LA CASA", ""),
        ("HOTEL ALMA SPA", "HOTEL ALMA SPA", ""),
        ("CASA DE C", "CASA DE C", ""),
        ("SA DE CV", "SA DE CV", ""),
        ("FRUTAS DEL PAIS", "FRUTAS DEL PAIS", ""),
        ("Ñandú & Co.", "ÑANDÚ & CO.", ""),
    ],
)
def test_only_what_is_a_form_of_company_is_taken_off(typed: str, nombre: str, suffix: str) -> None:
    assert normalise_name(typed, "M") == (nombre, suffix)
    assert normalise_name(typed, "F").suffix == ""


def test_a_name_that_no_cfdi_can_carry_is_refused() -> None:
    with pytest.raises(TextRefused):
        normalise_name("a|b", "F")


# ------------------------------------------------------------ regimes and uses


@needs_corpus
def test_all_912_rows_of_use_regime_and_person_agree() -> None:
    with (CORPUS / "vectors" / "uso_regimen_persona.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 912
    personas: dict[str, Persona] = {"F": "F", "M": "M"}
    wrong = [
        row
        for row in rows
        if uso_allowed(row["uso"], row["regimen"], personas[row["persona"]]) != (row["allowed"] == "1")
    ]
    assert wrong == []
    assert {row["uso"] for row in rows} == set(USOS)
    assert {row["regimen"] for row in rows} == set(REGIMENES)


@pytest.mark.parametrize("regimen", ["609", "628", "629", "630", ""])
def test_dead_regimes_allow_nothing(regimen: str) -> None:
    assert not any(uso_allowed(uso, regimen, persona) for uso in (*USOS, "P01") for persona in ("F", "M"))


def test_each_kind_of_person_has_its_regimes() -> None:
    assert set(regimenes_for("F")) & set(regimenes_for("M")) == {"610", "626"}
    assert (len(regimenes_for("F")), len(regimenes_for("M"))) == (13, 8)


def test_uses_are_offered_likeliest_first_and_never_those_of_payments_or_payroll() -> None:
    assert usos_for("601", "M")[:3] == ("G03", "S01", "G01")
    assert usos_for("605", "F")[0] == "S01"
    for persona in ("F", "M"):
        for regimen in regimenes_for(persona):
            usos = usos_for(regimen, persona)
            assert "S01" in usos
            assert not {"CP01", "CN01", "P01"} & set(usos)
            assert all(uso_allowed(uso, regimen, persona) for uso in usos)
            assert default_uso(regimen, persona) == ("G03" if "G03" in usos else "S01")


def test_a_company_offers_fewer_uses_but_never_none() -> None:
    assert usos_for("601", "M", {"G03", "S01"}) == ("G03", "S01")
    assert usos_for("605", "F", {"G03"}) == ("S01",)
    assert default_uso("605", "F", {"G03"}) == "S01"
    assert default_uso("605", "F", {"D01"}) == "D01"
    assert usos_for("601", "F") == ()


# ------------------------------------------------------------ without an RFC of their own


def test_a_person_without_rfc_is_billed_under_his_own_name() -> None:
    assert public_receptor(nombre="Juan Pérez", lugar_expedicion="06700") == Receptor(
        "XAXX010101000", "JUAN PÉREZ", "06700", "616", "S01"
    )


@pytest.mark.parametrize("nombre", ["", "Público en General", "PUBLICO EN GENERAL"])
def test_the_public_at_large_is_nobody_s_name(nombre: str) -> None:
    with pytest.raises(ReceptorRefused) as refused:
        public_receptor(nombre=nombre, lugar_expedicion="06700")
    assert list(refused.value.errors) == ["nombre"]


def foreign(**changes: Any) -> Receptor:
    return foreign_receptor(**{"nombre": "Acme Inc", "lugar_expedicion": "06700", "catalogs": installed(), **changes})


def test_a_foreigner_has_the_generic_rfc_and_the_postal_code_of_the_place_of_issue() -> None:
    assert foreign() == Receptor("XEXX010101000", "ACME INC", "06700", "616", "S01")
    made = foreign(residencia_fiscal="usa", num_reg_id_trib="123456789")
    assert (made.residencia_fiscal, made.num_reg_id_trib) == ("USA", "123456789")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"nombre": ""}, "nombre"),
        ({"residencia_fiscal": "MEX"}, "residencia_fiscal"),
        ({"residencia_fiscal": "XXX"}, "residencia_fiscal"),
        ({"num_reg_id_trib": "123456789"}, "residencia_fiscal"),
        ({"residencia_fiscal": "USA", "num_reg_id_trib": "12-3456789"}, "num_reg_id_trib"),
        ({"residencia_fiscal": "FRA", "num_reg_id_trib": "9" * 41}, "num_reg_id_trib"),
    ],
)
def test_it_refuses_a_foreigner_whom_no_pac_would_take(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ReceptorRefused) as refused:
        foreign(**changes)
    assert list(refused.value.errors) == [field]
