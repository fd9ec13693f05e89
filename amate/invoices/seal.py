"""Sealing: folio, Fecha, the exact bytes, stored before any PAC sees them (ENGINE SAFE-1, DECISIONS C7)."""

from datetime import datetime

from amate.companies.change_emisor import SUSPENDED
from amate.companies.folios import take_folio
from amate.companies.models import Emisor as EmisorRow
from amate.companies.policies import generics_from_json
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.clock import fecha
from amate.fiscal.comprobante import Comprobante, Emisor
from amate.fiscal.csd import Csd
from amate.fiscal.ingreso import build_ingreso
from amate.fiscal.receptor import Receptor
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.validate import validate_ours
from amate.fiscal.seal import Sealed, seal
from amate.invoices.lines import lines_from_json
from amate.invoices.models import Invoice, Sealing, State
from amate.tenancy.compiled import Compiled
from amate.tenancy.writes import insert

_EMISOR = Compiled(EmisorRow.objects.all)


class IssuingSuspended(Exception):
    """The SAT suspended this company: nothing is sealed until staff lift it (FISCAL DB-13)."""


class TotalDrifted(Exception):
    """The document would not add up to the printed total: a defect of ours, nothing is sealed."""


class DocumentRefused(Exception):
    """Our own rules found what a PAC would refuse; nothing was sent."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(f"{finding.code}: {finding.message}" for finding in findings))
        self.findings = findings


def seal_invoice(*, invoice: Invoice, csd: Csd, catalogs: Catalogs, now: datetime) -> Sealing:
    """Seal a locked draft and keep its bytes. Raises IssuingSuspended, TotalDrifted, DocumentRefused.

    A draft that was sealed before (its bytes were rejected) keeps its folio and gets a new Fecha.
    """
    emisor = _EMISOR.get()
    if emisor.issuing_suspended:
        raise IssuingSuspended(SUSPENDED)
    # Written with the next move, whichever it is: a refused draft keeps its number, a listed void until it is mended (C7).
    invoice.folio = invoice.folio or take_folio(series=invoice.serie)
    document = _comprobante(invoice, emisor, folio=invoice.folio, now=now)
    if document.total != invoice.total:
        raise TotalDrifted(f"El total sellado sería {document.total} y el de la venta es {invoice.total}.")
    sealed = seal(document, csd)
    findings = [f for f in validate_ours(document, sealed.xml, catalogs=catalogs) if f.severity == "error"]
    if findings:
        raise DocumentRefused(findings)
    sealing = _keep(invoice, sealed, no_certificado=csd.no_certificado, now=now)
    invoice.move_to(State.SEALED, folio=invoice.folio, sealed_at=now, refused_by="", refusal_code="", refusal="")
    return sealing


def _keep(invoice: Invoice, sealed: Sealed, *, no_certificado: str, now: datetime) -> Sealing:
    """The live sealing of the invoice; the earlier one stays, superseded. Sealing twice within a second gives the same
    bytes (RSA PKCS#1 v1.5 is deterministic): then the same row lives on, under the same key."""
    earlier = 0
    if invoice.sealed_at is not None:
        attempts = Sealing.objects.filter(invoice=invoice)
        attempts.filter(superseded_at__isnull=True).update(superseded_at=now)
        if attempts.filter(sha256=sealed.sha256).update(superseded_at=None):
            return attempts.get(sha256=sealed.sha256)
        earlier = attempts.count()
    sealing = Sealing(
        invoice=invoice,
        key=f"amate-{invoice.company_id}-{invoice.pk}-{earlier + 1}-{sealed.sha256.hex()[:16]}",
        sha256=sealed.sha256,
        xml=sealed.xml,
        fecha=now,
        no_certificado=no_certificado,
        sealed_at=now,
    )
    insert(sealing)
    return sealing


def _comprobante(invoice: Invoice, emisor: EmisorRow, *, folio: int, now: datetime) -> Comprobante:
    profile = invoice.profile
    cp = invoice.branch.cp
    return build_ingreso(
        emisor=Emisor(emisor.rfc, emisor.nombre, emisor.regimen_fiscal),
        receptor=Receptor(
            rfc=profile.rfc,
            nombre=profile.nombre,
            domicilio_fiscal=profile.domicilio_fiscal,
            regimen_fiscal=profile.regimen_fiscal,
            uso_cfdi=profile.uso_cfdi,
            residencia_fiscal=profile.residencia_fiscal or None,
            num_reg_id_trib=profile.num_reg_id_trib or None,
        ),
        lugar_expedicion=cp,
        fecha=fecha(cp, now),
        lines=lines_from_json(invoice.lines),
        forma_pago=invoice.forma_pago,
        metodo_pago=invoice.metodo_pago,
        moneda=invoice.moneda,
        serie=invoice.serie,
        folio=str(folio),
        generics=generics_from_json(invoice.generics),
    )
