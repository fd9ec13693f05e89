"""Sealing: folio, Fecha, the exact bytes, stored before any PAC sees them (ENGINE SAFE-1, DECISIONS C7)."""

from datetime import datetime

from amate.companies.change_emisor import SUSPENDED
from amate.companies.folios import take_folio
from amate.companies.models import Emisor as EmisorRow
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.csd import Csd
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.validate import validate_ours
from amate.fiscal.seal import Sealed, seal
from amate.invoices.freeze_parts import freeze_parts, hold_parts
from amate.invoices.kinds import compose
from amate.invoices.models import Invoice, Kind, Sealing, State
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
    """Seal a locked draft and keep its bytes. Raises IssuingSuspended, TotalDrifted, DocumentRefused, and of a REP
    `freeze_parts.PartsGone`.

    A draft that was sealed before (its bytes were rejected) keeps its folio and gets a new Fecha.
    """
    emisor = _EMISOR.get()
    if emisor.issuing_suspended:
        raise IssuingSuspended(SUSPENDED)
    parts = hold_parts(invoice) if invoice.kind == Kind.PAGO else []
    # Written with the next move, whichever it is: a refused draft keeps its number, a listed void until it is mended (C7).
    invoice.folio = invoice.folio or take_folio(series=invoice.serie)
    document = compose(invoice, emisor=emisor, folio=invoice.folio, now=now)
    if document.total != invoice.total:
        raise TotalDrifted(f"El total sellado sería {document.total} y el de la venta es {invoice.total}.")
    sealed = seal(document, csd)
    findings = [f for f in validate_ours(document, sealed.xml, catalogs=catalogs) if f.severity == "error"]
    if findings:
        raise DocumentRefused(findings)
    sealing = _keep(invoice, sealed, no_certificado=csd.no_certificado, catalogs=catalogs.version, now=now)
    freeze_parts(parts, now=now)
    invoice.move_to(State.SEALED, folio=invoice.folio, sealed_at=now, refused_by="", refusal_code="", refusal="")
    return sealing


def _keep(invoice: Invoice, sealed: Sealed, *, no_certificado: str, catalogs: str, now: datetime) -> Sealing:
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
        catalogs=catalogs,
        sealed_at=now,
    )
    insert(sealing)
    return sealing
