"""The complement Pagos 2.0 as the rules read it: attributes as written, those of taxes without their DR or P."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

PAGOS = "http://www.sat.gob.mx/Pagos20"
Said = Mapping[str, str]


@dataclass(frozen=True)
class Paid:
    """One DoctoRelacionado."""

    node: etree._Element

    @cached_property
    def said(self) -> Said:
        return _said(self.node)

    @cached_property
    def has_taxes(self) -> bool:
        return self.node.find(f"{{{PAGOS}}}ImpuestosDR") is not None

    @cached_property
    def traslados(self) -> list[Said]:
        return _taxes(self.node, "ImpuestosDR", "TrasladosDR", "TrasladoDR")

    @cached_property
    def retenciones(self) -> list[Said]:
        return _taxes(self.node, "ImpuestosDR", "RetencionesDR", "RetencionDR")


@dataclass(frozen=True)
class Payment:
    """One Pago."""

    node: etree._Element

    @cached_property
    def said(self) -> Said:
        return _said(self.node)

    @cached_property
    def documents(self) -> list[Paid]:
        return [Paid(node) for node in self.node.findall(f"{{{PAGOS}}}DoctoRelacionado")]

    @cached_property
    def traslados(self) -> list[Said]:
        return _taxes(self.node, "ImpuestosP", "TrasladosP", "TrasladoP")

    @cached_property
    def retenciones(self) -> list[Said]:
        return _taxes(self.node, "ImpuestosP", "RetencionesP", "RetencionP")


def read_payments(root: etree._Element) -> list[Payment]:
    return [Payment(node) for node in root.iter(f"{{{PAGOS}}}Pago")]


def read_totals(root: etree._Element) -> Said | None:
    """None in a document without the complement."""
    found = next(root.iter(f"{{{PAGOS}}}Totales"), None)
    return None if found is None else _said(found)


def _said(node: etree._Element) -> Said:
    return {str(name): str(value).strip() for name, value in node.attrib.items()}


def _taxes(node: etree._Element, *path: str) -> list[Said]:
    found = node.findall("/".join(f"{{{PAGOS}}}{name}" for name in path))
    return [{_bare(name): value for name, value in _said(tax).items()} for tax in found]


def _bare(name: str) -> str:
    return name.removesuffix("DR").removesuffix("P")
