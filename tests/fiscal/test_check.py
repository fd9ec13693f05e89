"""`amate check-cfdi`: the outside's documents, with their expected codes, and the command itself."""

import base64
import csv
import json
import os
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from amate.fiscal.check import ALL_VALID, MISUSED, SOME_INVALID, check_cfdi, main
from amate.fiscal.comprobante import InformacionGlobal
from amate.fiscal.receptor import Receptor
from amate.fiscal.rules.table import rules
from amate.fiscal.seal import seal
from amate.fiscal.xml import CFDI, parse
from tests.corpus import CORPUS, needs_corpus
from tests.fiscal import minting
from tests.fiscal.altered import spoil
from tests.fiscal.documents import global_note, invoice

SOUND = seal(invoice(), minting.csd()).xml
PACS = CORPUS / "certs" / "pac-test"


def names(*folders: str) -> list[str]:
    return sorted(path.relative_to(CORPUS).as_posix() for folder in folders for path in (CORPUS / folder).glob("*.xml"))


def read(name: str) -> bytes:
    return (CORPUS / name).read_bytes()


# ------------------------------------------------------------ documents from outside


@needs_corpus
@pytest.mark.parametrize("name", names("cfdi/stamped", "cfdi/sealed"))
def test_what_was_sealed_or_stamped_outside_is_valid(name: str) -> None:
    report = check_cfdi(read(name))
    assert report.valid, report.findings


@needs_corpus
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("cfdi/bad-seal/sw-php-cfdi40.xml", "CFDI40102"),
        ("cfdi/bad-seal/sw-php-cfdi40_test.xml", "CFDI40102"),
        ("cfdi/bad-seal/mysuite-2022-sellocfd-differs.xml", "CER-2"),
    ],
)
def test_a_bad_seal_is_flagged_and_only_without_no_seal(name: str, code: str) -> None:
    assert check_cfdi(read(name)).codes == (code,)
    assert check_cfdi(read(name), seals=False).valid


@cache
def pac_of(name: str) -> bytes | None:
    number = re.search(rb"NoCertificadoSAT=['\"](\d+)", read(name))
    path = PACS / f"{number[1].decode()}.cer" if number else None
    return path.read_bytes() if path is not None and path.exists() else None


@needs_corpus
def test_the_pacs_seal_is_verified_when_its_certificate_is_given() -> None:
    verified = [name for name in names("cfdi/stamped") if pac_of(name) is not None]
    assert len(verified) >= 5
    for name in verified:
        report = check_cfdi(read(name), pac_certificate=pac_of(name))
        assert report.valid
        assert "CER-2" not in [finding.code for finding in report.findings], name


@needs_corpus
def test_a_cent_breaks_the_issuers_seal_and_not_the_pacs() -> None:
    name = "cfdi/stamped/cvd-2025-eku-ingreso.xml"
    tampered = read(name).replace(b'Total="3327.01"', b'Total="3327.02"')
    assert check_cfdi(tampered, pac_certificate=pac_of(name)).codes == ("CFDI40102", "CFDI40119")


@needs_corpus
def test_another_stamping_time_breaks_the_pacs_seal_and_not_the_issuers() -> None:
    name = "cfdi/stamped/cvd-2025-eku-ingreso.xml"
    tampered = read(name).replace(b'FechaTimbrado="2025-02-19T08:37:30"', b'FechaTimbrado="2025-02-19T08:37:31"')
    assert check_cfdi(tampered, pac_certificate=pac_of(name)).codes == ("CER-2",)


# ------------------------------------------------------------ adversarial.csv

NOT_OFFLINE = {
    "A003": "401: the PAC compares Fecha with its own clock",
    "A005": "307: only the PAC knows what it stamped before",
    "A007": "304: the list of revoked certificates is the SAT's",
    "A009": "308: the chain of authorities is a PAC's check; `issued_by` is tested on that file in test_csd.py",
    "A055": "CFDI40148: which postal code an RFC has is the SAT's data",
}
CODE = re.compile(r"\b(?:CFDI\d{5}|CRP\d{5}|\d{3})\b")
FILLER_FECHA = "2022-03-16T12:00:00"  # the global sample names 2021, legal only that year and the next


def adversarial() -> list[dict[str, str]]:
    if not CORPUS.is_dir():
        return []
    with (CORPUS / "adversarial.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    areas = {"stamp", "comprobante", "emisor", "receptor", "global", "concepto", "relacion", "pago"}
    return [row for row in rows if row["area"] in areas and row["confidence"] in {"A", "B"}]


def adversarial_document(row: dict[str, str]) -> etree._Element:
    root = parse(read(row["base_file"]).replace(b"%fecha-timbrado%", FILLER_FECHA.encode()))
    if row["change"] == "two Concepto nodes":
        line = root.find(f"{{{CFDI}}}Conceptos/{{{CFDI}}}Concepto")
        assert line is not None
        line.addnext(parse(etree.tostring(line, encoding="UTF-8")))
    elif row["change"] == "duplicate the summary Traslado":
        node = root.find(f"{{{CFDI}}}Impuestos/{{{CFDI}}}Traslados/{{{CFDI}}}Traslado")
        assert node is not None
        node.addnext(parse(etree.tostring(node, encoding="UTF-8")))
    else:
        spoil(root, row["change"])
    return root


@needs_corpus
@pytest.mark.parametrize("row", adversarial(), ids=lambda row: row["id"])
def test_each_adversarial_case_is_answered_with_its_code(row: dict[str, str]) -> None:
    if row["id"] in NOT_OFFLINE:
        assert NOT_OFFLINE[row["id"]].startswith(tuple(CODE.findall(row["expected_code"])))
        return
    report = check_cfdi(etree.tostring(adversarial_document(row), encoding="UTF-8"), seals=row["area"] == "stamp")
    expected = set(CODE.findall(row["expected_code"]))
    if expected:
        assert expected & set(report.codes), (row["change"][:200], report.codes)
        assert not report.valid
    else:
        assert row["outcome"].startswith("accept"), row
        assert report.valid, report.findings


# ------------------------------------------------------------ the files of a PAC's own tests

NOT_KNOWN = {
    "CFDI40139.xml": "somebody else's name: the SAT's list",
    "CFDI40143.xml": "an RFC that is well formed and not listed: the SAT's list",
    "CFDI40145.xml": "somebody else's name: the SAT's list",
    "CRP20262.xml": "its fault is in a TrasladoP, which is CRP20270; the author of the file had switched this test off",
}


def ntlink() -> list[tuple[str, str]]:
    if not CORPUS.is_dir():
        return []
    with (CORPUS / "ntlink" / "expected.csv").open(encoding="utf-8") as file:
        return [(row["file"], row["source_expected_code"]) for row in csv.DictReader(file)]


def ntlink_document(name: str) -> bytes:
    """With the moment and the seal fields that the PAC's SDK fills in: what is left is what the file is about."""
    root = etree.fromstring(read(f"ntlink/{name}").replace(b"%fecha-timbrado%", FILLER_FECHA.encode()))
    certificado = base64.b64encode(read("certs/csd-valid/CSD_EKU9003173C9.cer")).decode()
    for field, value in (("Sello", "AA=="), ("Certificado", certificado), ("NoCertificado", "30001000000500003416")):
        if not root.get(field):
            root.set(field, value)
    return etree.tostring(root, encoding="UTF-8")


@needs_corpus
@pytest.mark.parametrize(("name", "expected"), [row for row in ntlink() if "-error/" in row[0]])
def test_each_error_file_of_a_pac_is_answered_with_its_code(name: str, expected: str) -> None:
    code = expected or Path(name).stem
    codes = check_cfdi(ntlink_document(name), seals=False).codes
    only_a_pac = rules()[code].looked in {"pac", "dormant"}
    assert (code in codes) is not (only_a_pac or Path(name).name in NOT_KNOWN)


def test_the_exceptions_are_few_and_each_has_its_reason() -> None:
    assert len(NOT_KNOWN) <= 5
    assert len(NOT_OFFLINE) <= 5
    assert all(reason for reason in (NOT_KNOWN | NOT_OFFLINE).values())


# What these samples of 2022 carry that the rules of today refuse.
SINCE_THEN: dict[str, set[str]] = {
    "cfdi-samples/cfdi-complementos-iedu.xml": set(),
    "cfdi-samples/cfdi-global.xml": {"CFDI40160"},
    "cfdi-samples/cfdi-pue.xml": set(),
    "cfdi-samples/cfdi-terceros.xml": set(),
    "cfdi-samples/pagos-impuestos2.xml": set(),
}


@needs_corpus
@pytest.mark.parametrize("name", sorted(SINCE_THEN))
def test_samples_that_a_pac_stamped_have_no_other_errors(name: str) -> None:
    report = check_cfdi(ntlink_document(name), seals=False)
    errors = {finding.code for finding in report.findings if finding.severity == "error"}
    assert errors == SINCE_THEN[name], report.findings


@needs_corpus
@pytest.mark.parametrize("name", names("cfdi/templates"))
def test_layouts_with_filler_seals_are_read_without_a_crash(name: str) -> None:
    assert check_cfdi(read(name)).codes
    assert "CFDI40102" not in check_cfdi(read(name), seals=False).codes


# ------------------------------------------------------------ our own


def test_what_we_seal_is_valid() -> None:
    report = check_cfdi(SOUND)
    assert (report.valid, report.codes) == (True, ())


def test_it_finds_a_document_changed_after_sealing() -> None:
    assert check_cfdi(SOUND.replace(b"54700", b"54710")).codes == ("CFDI40102",)


def test_it_finds_a_certificate_that_is_not_the_issuers_nor_the_one_named() -> None:
    root = parse(SOUND)
    spoil(root, "c:Emisor/@Rfc=LOAM850712XX3; c:Emisor/@RegimenFiscal=612; ./@NoCertificado=20001000000300000009")
    report = check_cfdi(etree.tostring(root, encoding="UTF-8"))
    places = {finding.where for finding in report.findings if finding.code == "CFDI40106"}
    assert places == {"@NoCertificado", "@Certificado"}


def test_it_finds_a_fecha_outside_the_certificates_life() -> None:
    assert "305" in check_cfdi(SOUND.replace(b"2026-11-20T12:00:00", b"2021-01-20T12:00:00")).codes


def test_it_finds_an_efirma_used_to_seal() -> None:
    root = parse(SOUND)
    spoil(root, f"./@Certificado={base64.b64encode(minting.fiel().cer).decode()}")
    assert {"306", "CFDI40102", "CFDI40106"} <= set(check_cfdi(etree.tostring(root, encoding="UTF-8")).codes)


def test_an_unreadable_certificate_is_a_finding() -> None:
    for content in ("", "AAAA", "no es base64"):
        root = parse(SOUND)
        spoil(root, f"./@Certificado={content}")
        assert {"CFDI40102", "CFDI40106"} <= set(check_cfdi(etree.tostring(root, encoding="UTF-8")).codes)


def test_a_stamped_global_is_read_though_its_año_is_not_ascii() -> None:
    node = InformacionGlobal(periodicidad="01", meses="11", anio=2026)
    public = Receptor("XAXX010101000", "PUBLICO EN GENERAL", "86000", "616", "S01")
    done = seal(invoice(global_note(), receptor=public, informacion_global=node), minting.csd())
    stamp = (
        '<cfdi:Complemento><tfd:TimbreFiscalDigital xmlns:tfd="http://www.sat.gob.mx/TimbreFiscalDigital" Version="1.1" '
        'UUID="6F35D3B5-3651-5370-BC2C-14CDBE384CD7" FechaTimbrado="2026-11-20T12:01:00" RfcProvCertif="SIM240229XX4" '
        f'SelloCFD="{done.sello}" NoCertificadoSAT="99999000000000000001" SelloSAT="AAAA"/></cfdi:Complemento>'
    )
    stamped = done.xml.decode().replace("</cfdi:Comprobante>", f"{stamp}</cfdi:Comprobante>")
    report = check_cfdi(stamped.encode())
    assert report.valid, report.findings
    assert [(finding.code, finding.severity) for finding in report.findings] == [("CER-2", "note")]


def test_another_day_has_other_catalogues() -> None:
    root = parse(SOUND)
    spoil(root, "c:Concepto/@ObjetoImp=06; remove c:Impuestos")
    xml = etree.tostring(root, encoding="UTF-8")
    assert "CFDI40170" not in check_cfdi(xml, seals=False).codes
    assert "CFDI40170" in check_cfdi(xml, seals=False, as_of=date(2024, 12, 12)).codes


@pytest.mark.parametrize("bad", [b"", b"<a", b"<!DOCTYPE a><a/>", b"<html/>", b"<?xml version='1.0'?><cfdi/>"])
def test_what_is_no_cfdi_is_a_finding_not_a_crash(bad: bytes) -> None:
    report = check_cfdi(bad)
    assert (report.valid, report.codes) == (False, ("301",))


# ------------------------------------------------------------ the command


def test_the_command_prints_one_json_line_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "buena.xml", tmp_path / "mala.xml"
    good.write_bytes(SOUND)
    bad.write_bytes(SOUND.replace(b'Total="116.00"', b'Total="116.01"'))
    assert main(["--json", str(good), str(bad), str(tmp_path / "no está.xml")]) == SOME_INVALID
    said = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert [(row["file"], row["valid"]) for row in said] == [
        (str(good), True),
        (str(bad), False),
        (str(tmp_path / "no está.xml"), False),
    ]
    assert said[0]["codes"] == []
    assert said[1]["codes"] == ["CFDI40102", "CFDI40119"]
    assert set(said[1]["findings"][0]) == {"code", "severity", "where", "message"}
    assert "Revisa la ruta" in said[2]["findings"][0]["message"]


def test_the_command_speaks_to_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "mala.xml"
    bad.write_bytes(SOUND.replace(b'Total="116.00"', b'Total="116.01"'))
    assert main(["--no-seal", str(bad)]) == SOME_INVALID
    out = capsys.readouterr().out
    assert "NO válido" in out
    assert "✗ CFDI40119  @Total" in out
    assert "CFDI40102" not in out


def test_the_command_ends_with_0_when_all_are_valid(tmp_path: Path) -> None:
    good = tmp_path / "buena.xml"
    good.write_bytes(SOUND)
    assert main([str(good)]) == ALL_VALID
    assert main(["--as-of", "2026-12-01", str(good)]) == ALL_VALID


def test_a_folder_is_read_whole_and_its_other_files_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    within = tmp_path / "2026" / "11"
    within.mkdir(parents=True)
    (within / "buena.xml").write_bytes(SOUND)
    (within / "MALA.XML").write_bytes(b"<a")
    (within / "nota.txt").write_text("no es un CFDI")
    assert main(["--json", str(tmp_path)]) == SOME_INVALID
    said = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert [(Path(row["file"]).name, row["valid"]) for row in said] == [("MALA.XML", False), ("buena.xml", True)]
    assert main([str(tmp_path)]) == SOME_INVALID
    assert capsys.readouterr().out.endswith("2 archivos: 1 válidos, 1 no válidos\n")


def test_a_folder_without_documents_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == SOME_INVALID
    assert "no hay ningún archivo .xml" in capsys.readouterr().out


def test_a_name_that_is_not_utf_8_is_told_as_well_as_can_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = os.fsencode(tmp_path) + b"/se\xf1or.xml"
    with open(name, "wb") as file:  # noqa: PTH123 (a path of bytes)
        file.write(SOUND)
    assert main(["--json", os.fsdecode(name)]) == ALL_VALID
    assert json.loads(capsys.readouterr().out)["file"].endswith("se\ufffdor.xml")


def test_a_huge_file_is_refused_without_being_read_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    huge = tmp_path / "huge.xml"
    with huge.open("wb") as file:
        file.truncate(5_000_000_000)  # a hole: it takes no room on the disk
    assert main([str(huge)]) == SOME_INVALID
    assert "pesa más de 10 MB" in capsys.readouterr().out


def test_what_would_drive_the_terminal_is_not_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "mala.xml"
    bad.write_bytes(SOUND.replace(b'FormaPago="03"', 'FormaPago="\x9b31m\u202e"'.encode()))
    assert main(["--no-seal", str(bad)]) == SOME_INVALID
    out = capsys.readouterr().out
    assert "CFDI40104" in out
    assert not {"\x9b", "\u202e"} & set(out)


def test_each_finding_cites_its_rule_and_edition(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "mala.xml"
    bad.write_bytes(SOUND.replace(b'Total="116.00"', b'Total="116.01"'))
    main(["--no-seal", str(bad)])
    assert "      Regla: Matriz de errores del CFDI 4.0, SAT (25-03-2026)" in capsys.readouterr().out


def test_the_command_lists_every_rule_and_what_it_does_not_look_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rules"]) == ALL_VALID
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(rules())
    (total,) = [line for line in lines if line.startswith("CFDI40119 ")]
    assert "error" in total
    assert total.endswith("[Matriz de errores del CFDI 4.0, SAT (25-03-2026)]")
    (late,) = [line for line in lines if line.startswith("401 ")]
    assert "no se revisa" in late
    assert "Solo un PAC o el SAT lo saben" in late
    assert main(["--rules", "--json"]) == ALL_VALID
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["code"] for row in listed} == set(rules())
    assert [row["why_not"] for row in listed if not row["checked"]].count("") == 0


@pytest.mark.parametrize("argv", [[], ["--as-of", "ayer", "x.xml"], ["--otra"], ["--pac-certificate", "nada.cer", "x"]])
def test_the_command_called_wrongly_ends_with_2(argv: list[str]) -> None:
    assert main(argv) == MISUSED
