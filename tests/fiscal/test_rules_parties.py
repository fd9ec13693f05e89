"""CFDI40138-40161: issuer and receiver, as far as nobody needs the SAT's list."""

import csv

import pytest

from amate.fiscal.seal import seal
from tests.corpus import CORPUS, needs_corpus
from tests.fiscal import minting
from tests.fiscal.altered import codes
from tests.fiscal.documents import invoice

FOREIGNER = "c:Receptor/@Rfc=XEXX010101000; c:Receptor/@RegimenFiscalReceptor=616; c:Receptor/@UsoCFDI=S01"
FOREIGNER += "; c:Receptor/@DomicilioFiscalReceptor=86000"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ("c:Emisor/@Nombre=ESCUELA KEMPER URGATE SA DE CV", "CFDI40139"),
        ("c:Emisor/@Rfc=EKU9002313C9", "REC-1"),
        ("c:Emisor/@Rfc=XAXX010101000", "REC-1"),
        ("c:Emisor/@RegimenFiscal=628", "CFDI40140"),
        ("c:Emisor/@RegimenFiscal=605", "CFDI40141"),
        ("c:Receptor/@Rfc=MCI7302309Y1", "CFDI40143"),
        ("c:Receptor/@Nombre=INMOBILIARIA CVA S.A. DE C.V.", "CFDI40145"),
        ("c:Receptor/@Nombre=PUBLICO EN GENERAL", "CFDI40146"),
        ("c:Receptor/@DomicilioFiscalReceptor=19999", "CFDI40148"),
        (f"{FOREIGNER}; c:Receptor/@DomicilioFiscalReceptor=01000", "CFDI40149"),
        (f"{FOREIGNER}; c:Receptor/@ResidenciaFiscal=QQQ", "CFDI40150"),
        ("c:Receptor/@ResidenciaFiscal=USA", "CFDI40151"),
        (f"{FOREIGNER}; c:Receptor/@ResidenciaFiscal=MEX", "CFDI40152"),
        (f"{FOREIGNER}; c:Receptor/@NumRegIdTrib=123456789", "CFDI40153"),
        ("c:Receptor/@NumRegIdTrib=123", "CFDI40154"),
        (f"{FOREIGNER}; c:Receptor/@ResidenciaFiscal=USA; c:Receptor/@NumRegIdTrib=12-3", "CFDI40156"),
        ("c:Receptor/@RegimenFiscalReceptor=628", "CFDI40157"),
        ("c:Receptor/@RegimenFiscalReceptor=612", "CFDI40158"),
        (f"{FOREIGNER}; c:Receptor/@RegimenFiscalReceptor=605", "CFDI40159"),
        ("c:Receptor/@UsoCFDI=P01", "CFDI40160"),
        ("c:Receptor/@UsoCFDI=D01", "CFDI40161"),
        (
            "c:Receptor/@Rfc=COSC8001137NA; c:Receptor/@RegimenFiscalReceptor=605; c:Receptor/@UsoCFDI=G01",
            "CFDI40161",
        ),
    ],
)
def test_it_finds(changes: str, code: str) -> None:
    assert code in codes(changes)


@pytest.mark.parametrize(
    "changes",
    [
        FOREIGNER,
        f"{FOREIGNER}; c:Receptor/@ResidenciaFiscal=USA",
        f"{FOREIGNER}; c:Receptor/@ResidenciaFiscal=USA; c:Receptor/@NumRegIdTrib=123456789",
        "c:Receptor/@Rfc=COSC8001137NA; c:Receptor/@RegimenFiscalReceptor=605; c:Receptor/@UsoCFDI=D01",
        "c:Receptor/@Rfc=COSC8001137NA; c:Receptor/@RegimenFiscalReceptor=612; c:Receptor/@Nombre=JUAN SA DE CV",
        "c:Receptor/@RegimenFiscalReceptor=626; c:Receptor/@UsoCFDI=I08",
    ],
)
def test_it_lets_pass(changes: str) -> None:
    assert codes(changes) == []


def test_a_lone_word_that_may_be_the_name_is_a_warning() -> None:
    changes = "c:Receptor/@Nombre=AUDITORES SAB"
    assert codes(changes) == []
    assert codes(changes, severity="warning") == ["CFDI40145"]


def test_names_with_their_regime_are_a_warning_in_the_first_year() -> None:
    changes = "./@Fecha=2022-01-08T13:26:57; c:Emisor/@Nombre=ESCUELA KEMPER URGATE SA DE CV"
    assert "CFDI40139" not in codes(changes)
    assert "CFDI40139" in codes(changes, severity="warning")


def test_a_wrong_check_digit_is_only_a_note() -> None:
    assert "REC-1" in codes("c:Receptor/@Rfc=MCI7306249Y2", severity="note")
    assert codes("c:Receptor/@Rfc=MCI7306249Y2") == []


def test_the_use_of_payment_receipts_on_an_invoice_is_a_warning() -> None:
    assert codes("c:Receptor/@UsoCFDI=CP01") == []
    assert "COM-2" in codes("c:Receptor/@UsoCFDI=CP01", severity="warning")


def test_nobodys_postal_code_is_a_warning() -> None:
    assert codes("c:Receptor/@DomicilioFiscalReceptor=00000") == []
    assert codes("c:Receptor/@DomicilioFiscalReceptor=00000", severity="warning") == ["COM-3"]


def test_a_foreigner_who_imports_needs_his_tax_number() -> None:
    trade = (
        '<cfdi:Complemento><c:ComercioExterior xmlns:c="http://www.sat.gob.mx/ComercioExterior20"/></cfdi:Complemento>'
    )
    sound = seal(invoice(), minting.csd()).xml
    xml = sound.replace(b"</cfdi:Comprobante>", f"{trade}</cfdi:Comprobante>".encode())
    assert codes(f"{FOREIGNER}; c:Receptor/@ResidenciaFiscal=USA", xml=xml) == ["CFDI40155"]


@needs_corpus
def test_use_regime_and_person_agree_with_all_rows_of_the_vectors() -> None:
    with (CORPUS / "vectors" / "uso_regimen_persona.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 912
    people = {"F": "COSC8001137NA", "M": "MCI7306249Y1"}
    for row in rows:
        uso, regimen, persona, allowed = list(row.values())[:4]
        changes = (
            f"c:Receptor/@Rfc={people[persona[0].upper()]}; c:Receptor/@RegimenFiscalReceptor={regimen}; "
            f"c:Receptor/@UsoCFDI={uso}"
        )
        refused = {"CFDI40158", "CFDI40161"} & set(codes(changes))
        assert bool(refused) != (allowed.lower() in {"1", "true", "yes", "si", "sí"}), row
