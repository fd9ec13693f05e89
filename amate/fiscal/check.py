"""`amate check-cfdi`: what can be said about a CFDI without asking anybody (DECISIONS E6)."""

import argparse
import io
import json
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from lxml import etree

from amate.fiscal.catalogs import Catalogs, catalogs_in_force
from amate.fiscal.csd import CsdRefused, read_certificate
from amate.fiscal.rules import seals as seal_rules
from amate.fiscal.rules.finding import Finding, error, note
from amate.fiscal.rules.reading import read
from amate.fiscal.rules.rule import NOT_LOOKED, Rule
from amate.fiscal.rules.table import rules, source_of
from amate.fiscal.rules.validate import in_order, validate_reading
from amate.fiscal.schema import structure
from amate.fiscal.xml import CFDI, MAX_BYTES, MalformedXml, parse

ALL_VALID, SOME_INVALID, MISUSED = 0, 1, 2
LONGEST_MESSAGE = 400

_MARKS = {"error": "✗", "warning": "!", "note": "·"}
_BOM = b"\xef\xbb\xbf"
_UTF_8 = frozenset({"UTF-8", "UTF8", "ASCII", "US-ASCII"})


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
    `pac_certificate`: DER, to verify SelloSAT. What only a PAC can know is left out; `rules.table` lists it.
    """
    keys = catalogs if catalogs is not None else catalogs_in_force()
    try:
        root = parse(xml)
    except MalformedXml as broken:
        return _report([error("301", ".", str(broken))])
    if root.tag != f"{{{CFDI}}}Comprobante":
        return _report(structure(root, catalogs=keys))
    doc = read(root, as_of=as_of)
    found = [*_encoding(xml, root), *validate_reading(doc, catalogs=keys)]
    if seals:
        well_built = all(finding.code != "301" for finding in found)
        found.extend(seal_rules.check(doc, well_built=well_built, pac_certificate=pac_certificate))
    return _report(found)


def _encoding(xml: bytes, root: etree._Element) -> Iterator[Finding]:
    written = (root.getroottree().docinfo.encoding or "UTF-8").upper()
    if written not in _UTF_8:
        yield error("COM-1", ".", f"El archivo está en {written} y un CFDI va en UTF-8: pide el XML original.")
    elif xml.startswith(_BOM):
        yield note("COM-1", ".", "El archivo empieza con una marca BOM: hay PAC que no lo aceptan así.")


def _report(found: list[Finding]) -> Report:
    return Report(
        valid=all(finding.severity != "error" for finding in found),
        findings=tuple(in_order([_short(finding) for finding in dict.fromkeys(found)])),
    )


def _short(finding: Finding) -> Finding:
    """A message quotes the document, which may have megabytes where a word should be."""
    if len(finding.message) <= LONGEST_MESSAGE:
        return finding
    return replace(finding, message=finding.message[: LONGEST_MESSAGE - 1] + "…")


# ------------------------------------------------------------ the command


def main(argv: Sequence[str]) -> int:
    """The command line. Returns 0 when every file is valid, 1 when one is not, 2 when it was called wrongly."""
    parser = _arguments()
    try:
        asked = parser.parse_args(list(argv))
        if not asked.rules and not asked.files:
            parser.error("falta ARCHIVO: un XML, varios o una carpeta")
    except SystemExit as stop:  # argparse leaves by exiting; our caller wants a number
        return int(stop.code or 0)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that has no ✗ still gets its answer
    try:
        return _list_rules(as_json=asked.json) if asked.rules else _check_files(asked)
    except BrokenPipeError:  # whoever read our output has seen enough
        sys.stderr.close()
        return SOME_INVALID


def _check_files(asked: argparse.Namespace) -> int:
    pac_certificate = None
    if asked.pac_certificate is not None:
        try:
            pac_certificate = asked.pac_certificate.read_bytes()
            read_certificate(pac_certificate)
        except (OSError, CsdRefused) as broken:
            sys.stderr.write(f"{asked.pac_certificate}: no se pudo leer el certificado del PAC. {broken}\n")
            return MISUSED
    checked = invalid = 0
    for path in _documents(asked.files):
        report = _check_file(path, as_of=asked.as_of, seals=not asked.no_seal, pac_certificate=pac_certificate)
        sys.stdout.write(_as_json(path, report) if asked.json else _as_text(path, report))
        checked, invalid = checked + 1, invalid + (not report.valid)
    if not asked.json and checked > 1:
        sys.stdout.write(f"{checked} archivos: {checked - invalid} válidos, {invalid} no válidos\n")
    return SOME_INVALID if invalid else ALL_VALID


def _documents(asked: Sequence[Path]) -> Iterator[Path]:
    """The files named, and every .xml within the folders named; a folder without one is told as a file would be."""
    for path in asked:
        if not path.is_dir():
            yield path
            continue
        within = sorted(one for one in path.rglob("*") if one.suffix.lower() == ".xml" and one.is_file())
        yield from within or [path]


def _check_file(path: Path, *, as_of: date | None, seals: bool, pac_certificate: bytes | None) -> Report:
    if path.is_dir():
        return _report([error("archivo", ".", "En esta carpeta no hay ningún archivo .xml. Revisa la ruta.")])
    try:
        with path.open("rb") as file:
            xml = file.read(MAX_BYTES + 1)
    except OSError as missing:
        return _report([error("archivo", ".", f"No se pudo leer el archivo: {missing.strerror}. Revisa la ruta.")])
    return check_cfdi(xml, as_of=as_of, seals=seals, pac_certificate=pac_certificate)


def _name(path: Path) -> str:
    """A name that is not UTF-8 can still be told, though not opened by what is told."""
    return str(path).encode(errors="surrogateescape").decode(errors="replace")


def _as_json(path: Path, report: Report) -> str:
    said = {
        "file": _name(path),
        "valid": report.valid,
        "codes": list(report.codes),
        "findings": [asdict(finding) for finding in report.findings],
    }
    return json.dumps(said, ensure_ascii=False) + "\n"


def _as_text(path: Path, report: Report) -> str:
    lines = [f"{_name(path)}: {'válido' if report.valid else 'NO válido'}"]
    for finding in report.findings:
        lines.append(f"  {_MARKS[finding.severity]} {finding.code}  {finding.where}")
        lines.append(f"      {finding.message}")
        if (source := source_of(finding.code)) is not None:
            lines.append(f"      Regla: {source}")
    return "\n".join(_printable(line) for line in lines) + "\n"


def _printable(line: str) -> str:
    """A document may hold characters that would drive the terminal of who reads about it."""
    if line.isprintable():
        return line
    return "".join("�" if unicodedata.category(character).startswith("C") else character for character in line)


def _list_rules(*, as_json: bool) -> int:
    for rule in rules().values():
        sys.stdout.write(_rule_as_json(rule) if as_json else _rule_as_text(rule))
    return ALL_VALID


def _severity(rule: Rule) -> str:
    if rule.looked != "offline":
        return "no se revisa"
    return "error o aviso" if rule.warns else "error"


def _rule_as_text(rule: Rule) -> str:
    why_not = f" {NOT_LOOKED[rule.looked]}" if rule.looked != "offline" else ""
    return f"{rule.code:<10} {_severity(rule):<13} {rule.demands}{why_not}  [{rule.source}]\n"


def _rule_as_json(rule: Rule) -> str:
    said = {
        "code": rule.code,
        "severity": _severity(rule),
        "demands": rule.demands,
        "checked": rule.looked == "offline",
        "why_not": NOT_LOOKED.get(rule.looked, ""),
        "source": rule.source.name,
        "edition": rule.source.edition,
    }
    return json.dumps(said, ensure_ascii=False) + "\n"


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="amate check-cfdi",
        description="Revisa CFDI 4.0 sin conexión: esquema, catálogos, aritmética y sellos. "
        "No sabe lo que solo un PAC o el SAT saben: si el RFC existe, si el certificado se revocó, si ya se timbró "
        "(--rules lo dice regla por regla).",
    )
    parser.add_argument(
        "files", metavar="ARCHIVO", nargs="*", type=Path, help="XML que revisar, o carpetas que los tienen"
    )
    parser.add_argument("--rules", action="store_true", help="lista cada regla, su fuente y lo que no se revisa")
    parser.add_argument("--json", action="store_true", help="una línea JSON por archivo (o por regla)")
    parser.add_argument(
        "--as-of", type=date.fromisoformat, metavar="AAAA-MM-DD", help="catálogos de ese día; si no, del día de Fecha"
    )
    parser.add_argument("--no-seal", action="store_true", help="no comprobar certificado, sello ni timbre")
    parser.add_argument("--pac-certificate", type=Path, metavar="CER", help=".cer del PAC, para comprobar el SelloSAT")
    return parser
