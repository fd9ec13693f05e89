"""An invoice that is still being typed, as it would be: composed and judged, printed as a draft, and nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amate.companies.look import look_of
from amate.companies.models import Branch
from amate.companies.models import Emisor as EmisorRow
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.clock import fecha
from amate.fiscal.comprobante import Comprobante, Emisor
from amate.fiscal.ingreso import SaleLine, build_ingreso
from amate.fiscal.receptor import Receptor
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.validate import validate_draft
from amate.fiscal.seal import unsealed
from amate.invoices.draft import serie_of
from amate.invoices.models import Kind
from amate.papers.cfdi import draft_pdf, draft_pictures


@dataclass(frozen=True, slots=True)
class Preview:
    """`findings`: the errors for which it would not be stamped. It has a series and no folio: that comes with the seal."""

    document: Comprobante
    findings: list[Finding]
    branch: Branch

    def pdf(self) -> bytes:
        return draft_pdf(unsealed(self.document), look=look_of(EmisorRow.objects.get(), branch=self.branch))

    def pictures(self) -> list[bytes]:
        """Its pages, as PNG."""
        return draft_pictures(unsealed(self.document), look=look_of(EmisorRow.objects.get(), branch=self.branch))


def preview_invoice(
    *,
    branch: Branch,
    receptor: Receptor,
    lines: Sequence[SaleLine],
    forma_pago: str,
    metodo_pago: str,
    moneda: str,
    tipo_cambio: str,
    catalogs: Catalogs,
    now: datetime,
) -> Preview:
    """By the builder that will make it. Raises what `fiscal.ingreso.build_ingreso` raises."""
    emisor = EmisorRow.objects.get()
    document = build_ingreso(
        emisor=Emisor(emisor.rfc, emisor.nombre, emisor.regimen_fiscal),
        receptor=receptor,
        lugar_expedicion=branch.cp,
        fecha=fecha(branch.cp, now),
        lines=lines,
        forma_pago=forma_pago,
        metodo_pago=metodo_pago,
        moneda=moneda,
        tipo_cambio=tipo_cambio or None,
        serie=serie_of(branch, Kind.INGRESO),
    )
    return Preview(document, validate_draft(document, unsealed(document), catalogs=catalogs), branch)
