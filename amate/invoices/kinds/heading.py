"""What every kind of document says in its first lines."""

from dataclasses import dataclass, replace
from datetime import datetime

from amate.companies.models import Emisor as EmisorRow
from amate.fiscal.clock import fecha
from amate.fiscal.comprobante import Emisor, Relacionados
from amate.fiscal.receptor import Receptor
from amate.invoices.models import Invoice, Kind, Relation


@dataclass(frozen=True, slots=True)
class Heading:
    """`fecha` local and naive; `relacionados` one node a kind of relation, in the order they were drafted."""

    emisor: Emisor
    receptor: Receptor
    lugar_expedicion: str
    fecha: datetime
    serie: str
    folio: str
    relacionados: tuple[Relacionados, ...]


def heading_of(invoice: Invoice, *, emisor: EmisorRow, folio: int, now: datetime) -> Heading:
    profile, cp = invoice.profile, invoice.branch.cp
    return Heading(
        emisor=Emisor(emisor.rfc, emisor.nombre, emisor.regimen_fiscal),
        receptor=replace(profile.receptor, uso_cfdi=invoice.uso_cfdi or profile.uso_cfdi),
        lugar_expedicion=cp,
        fecha=fecha(cp, now),
        serie=invoice.serie,
        folio=str(folio),
        relacionados=_relacionados(invoice),
    )


def _relacionados(invoice: Invoice) -> tuple[Relacionados, ...]:
    if invoice.kind in (Kind.INGRESO, Kind.PAGO) and invoice.replaces_id is None:
        return ()  # a sale's invoice and a REP name nobody, and there are many: they are not asked
    nodes: dict[str, list[str]] = {}
    for one in Relation.objects.filter(invoice=invoice).order_by("pk"):
        nodes.setdefault(one.tipo_relacion, []).append(str(one.uuid).upper())
    return tuple(Relacionados(tipo, tuple(uuids)) for tipo, uuids in nodes.items())
