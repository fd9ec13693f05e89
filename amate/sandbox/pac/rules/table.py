"""The table of rules: one row a SAT code, filled by the files of this folder. It shares nothing with fiscal.rules."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache

from lxml import etree

from amate.sandbox.pac.lists import Lists
from amate.sandbox.pac.rules.payments import Payment, Said, read_payments, read_totals
from amate.sandbox.pac.schema import CFDI
from amate.sandbox.pac.windows import exact

Check = Callable[["Facts"], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`check` yields one detail for each violation. `source` names where the rule was read (FISCAL's marks)."""

    code: str
    message: str
    source: str
    check: Check


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    message: str
    detail: str


@dataclass(frozen=True)
class Facts:
    """What a rule may look at: the tree, the lists, and the legal name in the emitter's certificate (empty: unknown)."""

    root: etree._Element
    lists: Lists = field(default_factory=Lists)
    legal_name: str = ""

    @cached_property
    def comprobante(self) -> Mapping[str, str]:
        return attributes(self.root)

    @cached_property
    def tipo(self) -> str:
        return self.comprobante["TipoDeComprobante"]

    @cached_property
    def emisor(self) -> Mapping[str, str]:
        return attributes(self.only("Emisor"))

    @cached_property
    def receptor(self) -> Mapping[str, str]:
        return attributes(self.only("Receptor"))

    @cached_property
    def global_(self) -> Mapping[str, str] | None:
        found = child(self.root, "InformacionGlobal")
        return None if found is None else attributes(found)

    @cached_property
    def conceptos(self) -> list["Concept"]:
        return [Concept(node) for node in children(self.root, "Conceptos", "Concepto")]

    @cached_property
    def impuestos(self) -> etree._Element | None:
        return child(self.root, "Impuestos")

    @cached_property
    def summary_traslados(self) -> list[Mapping[str, str]]:
        return self._summary("Traslados", "Traslado")

    @cached_property
    def summary_retenciones(self) -> list[Mapping[str, str]]:
        return self._summary("Retenciones", "Retencion")

    @cached_property
    def payments(self) -> list[Payment]:
        return read_payments(self.root)

    @cached_property
    def totales(self) -> Said | None:
        """Of Pagos 2.0; None without the complement."""
        return read_totals(self.root)

    @cached_property
    def places(self) -> int:
        """Decimals of the currency."""
        return currency_places(self.comprobante["Moneda"])

    def only(self, name: str) -> etree._Element:
        found = child(self.root, name)
        if found is None:
            raise LookupError(f"the schema lets no CFDI pass without {name}")
        return found

    def _summary(self, group: str, name: str) -> list[Mapping[str, str]]:
        return [] if self.impuestos is None else [attributes(node) for node in children(self.impuestos, group, name)]


@dataclass(frozen=True)
class Concept:
    node: etree._Element

    @cached_property
    def said(self) -> Mapping[str, str]:
        return attributes(self.node)

    @cached_property
    def impuestos(self) -> etree._Element | None:
        return child(self.node, "Impuestos")

    @cached_property
    def traslados(self) -> list[Mapping[str, str]]:
        return self._taxes("Traslados", "Traslado")

    @cached_property
    def retenciones(self) -> list[Mapping[str, str]]:
        return self._taxes("Retenciones", "Retencion")

    def _taxes(self, group: str, name: str) -> list[Mapping[str, str]]:
        return [] if self.impuestos is None else [attributes(node) for node in children(self.impuestos, group, name)]


RULES: list[Rule] = []


def rule(code: str, message: str, source: str) -> Callable[[Check], Check]:
    """Put a check into the table."""

    def put(check: Check) -> Check:
        RULES.append(Rule(code, message, source, check))
        return check

    return put


def attributes(node: etree._Element) -> Mapping[str, str]:
    return {str(name): str(value).strip() for name, value in node.attrib.items()}


def child(node: etree._Element, name: str) -> etree._Element | None:
    return node.find(f"{{{CFDI}}}{name}")


def children(node: etree._Element, group: str, name: str) -> list[etree._Element]:
    return node.findall(f"{{{CFDI}}}{group}/{{{CFDI}}}{name}")


def amount(said: Mapping[str, str], name: str) -> Fraction:
    """An amount that may be absent, as zero."""
    return exact(said.get(name, "0"))


@lru_cache(maxsize=256)
def currency_places(moneda: str) -> int:
    # Opens a database at import: only in this process, and only when it is needed.
    from satcfdi.catalogs import moneda_decimales

    return int(moneda_decimales(moneda))
