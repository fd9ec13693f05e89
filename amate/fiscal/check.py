"""`amate check-cfdi`: what can be said about a CFDI without asking anybody (DECISIONS E6)."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from amate.fiscal.catalogs import Catalogs, installed
from amate.fiscal.csd import CsdRefused, read_certificate
from amate.fiscal.rules import seals as seal_rules
from amate.fiscal.rules.finding import Finding, error
from amate.fiscal.rules.reading import read
from amate.fiscal.rules.validate import in_order, validate
from amate.fiscal.xml import CFDI, MalformedXml, parse

ALL_VALID, SOME_INVALID, MISUSED = 0, 1, 2

_MARKS = {"error": "✗", "warning": "!", "note": "·"}


@dataclass(frozen=True, slots=True)
class Report:
    """`findings` lowest code first; `valid` means that none is an error."""

    valid: bool
    findings: tuple[Finding, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of errors and warnings, each once; notes only inform."""
        return tuple(dict.fromkeys(finding.code for finding in self.findings if finding.severity != "note"))


def check_cfdi(
    xml: bytes,
    *,
    as_of: date | None = None,
    seals: bool = True,
    catalogs: Catalogs | None = None,
    pac_certificate: bytes | None = None,
) -> Report:
    """Check schema, catalogues, arithmetic and signatures of a CFDI 4.0; never raises for a bad document.

    `as_of`: the day whose catalogues count, the day of Fecha when None. `seals`: False for files whose seals are filler.
    `pac_certificate`: DER, to verify SelloSAT. What only a PAC can know is left out: 302-304, 307, 401, 402.
    """
    keys = catalogs if catalogs is not None else installed()
    try:
        root = parse(xml)
    except MalformedXml as broken:
        return _report([error("301", ".", str(broken))])
    found = validate(root, catalogs=keys, as_of=as_of)
    if seals and root.tag == f"{{{CFDI}}}Comprobante":
        found.extend(seal_rules.check(read(root, as_of=as_of), pac_certificate=pac_certificate))
    return _report(found)


def _report(found: list[Finding]) -> Report:
    return Report(
        valid=all(finding.severity != "error" for finding in found),
        findings=tuple(in_order(list(dict.fromkeys(found)))),
    )


# ------------------------------------------------------------ the command


def main(argv: Sequence[str]) -> int:
    """The command line. Returns 0 when every file is valid, 1 when one is not, 2 when it was called wrongly."""
    try:
        asked = _arguments().parse_args(list(argv))
    except SystemExit as stop:  # argparse leaves by exiting; our caller wants a number
        return int(stop.code or 0)
    pac_certificate = None
    if asked.pac_certificate is not None:
        try:
            pac_certificate = asked.pac_certificate.read_bytes()
            read_certificate(pac_certificate)
        except (OSError, CsdRefused) as broken:
            sys.stderr.write(f"{asked.pac_certificate}: no se pudo leer el certificado del PAC. {broken}\n")
            return MISUSED
    worst = ALL_VALID
    for path in asked.files:
        report = _check_file(path, as_of=asked.as_of, seals=not asked.no_seal, pac_certificate=pac_certificate)
        sys.stdout.write(_as_json(path, report) if asked.json else _as_text(path, report))
        worst = worst if report.valid else SOME_INVALID
    return worst


def _check_file(path: Path, *, as_of: date | None, seals: bool, pac_certificate: bytes | None) -> Report:
    try:
        xml = path.read_bytes()
    except OSError as missing:
        return _report([error("archivo", ".", f"No se pudo leer el archivo: {missing.strerror}. Revisa la ruta.")])
    return check_cfdi(xml, as_of=as_of, seals=seals, pac_certificate=pac_certificate)


def _as_json(path: Path, report: Report) -> str:
    said = {
        "file": str(path),
        "valid": report.valid,
        "codes": list(report.codes),
        "findings": [asdict(finding) for finding in report.findings],
    }
    return json.dumps(said, ensure_ascii=False) + "\n"


def _as_text(path: Path, report: Report) -> str:
    lines = [f"{path}: {'válido' if report.valid else 'NO válido'}"]
    for finding in report.findings:
        lines.append(f"  {_MARKS[finding.severity]} {finding.code}  {finding.where}")
        lines.append(f"      {finding.message}")
    return "\n".join(lines) + "\n"


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="amate check-cfdi",
        description="Revisa CFDI 4.0 sin conexión: esquema, catálogos, aritmética y sellos. "
        "No sabe lo que solo un PAC o el SAT saben: si el RFC existe, si el certificado se revocó, si ya se timbró.",
    )
    parser.add_argument("files", metavar="ARCHIVO", nargs="+", type=Path, help="XML que revisar")
    parser.add_argument("--json", action="store_true", help="una línea JSON por archivo")
    parser.add_argument(
        "--as-of", type=date.fromisoformat, metavar="AAAA-MM-DD", help="catálogos de ese día; si no, del día de Fecha"
    )
    parser.add_argument("--no-seal", action="store_true", help="no comprobar certificado, sello ni timbre")
    parser.add_argument("--pac-certificate", type=Path, metavar="CER", help=".cer del PAC, para comprobar el SelloSAT")
    return parser
