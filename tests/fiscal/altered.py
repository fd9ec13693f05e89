"""Spoiling a document in the notation of the corpus: `./@Total=3327.02; c:Receptor/@Rfc=(absent)`."""

import re
from collections import Counter

from lxml import etree

from amate.fiscal.catalogs import installed
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.validate import validate
from amate.fiscal.seal import seal
from amate.fiscal.xml import CFDI, PAGOS, parse
from tests.fiscal import minting
from tests.fiscal.documents import invoice

_NAMESPACES = {"c": CFDI, "p": PAGOS}
_CHANGE = re.compile(r"(?P<path>[^@]+)/@(?P<name>[^=]+)=(?P<value>.*)", re.DOTALL)


def spoil(root: etree._Element, changes: str) -> None:
    """Repeating a change moves on to the next element that it fits; `remove c:Node` takes the first one out."""
    times: Counter[str] = Counter()
    for change in changes.split("; "):
        if change.startswith("remove "):
            node = root.find(f".//{change.removeprefix('remove ')}", _NAMESPACES)
            assert node is not None, change
            parent = node.getparent()
            assert parent is not None, change
            parent.remove(node)
            continue
        match = _CHANGE.fullmatch(change)
        assert match is not None, f"cannot read the change {change!r}"
        _set(root, match["path"], match["name"], match["value"], times[change])
        times[change] += 1


def _set(root: etree._Element, path: str, name: str, value: str, number: int) -> None:
    if path == ".":
        element = root
    else:
        found = root.findall(f".//{path}", _NAMESPACES)
        having = [node for node in found if name in node.attrib]
        element = (having or found)[number]
    if value == "(absent)":
        del element.attrib[name]
    else:
        element.set(name, value)


def findings(changes: str = "", *, xml: bytes | None = None) -> list[Finding]:
    """What the rules say of a sound invoice (or of `xml`) after `changes`; the schema's 301 aside."""
    root = parse(xml if xml is not None else seal(invoice(), minting.csd()).xml)
    if changes:
        spoil(root, changes)
    return [found for found in validate(root, catalogs=installed()) if found.code != "301"]


def codes(changes: str = "", *, xml: bytes | None = None, severity: str = "error") -> list[str]:
    return [found.code for found in findings(changes, xml=xml) if found.severity == severity]
