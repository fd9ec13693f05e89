"""A CSD comes in by the web, which reads the public certificate and seals the rest for the worker (SEC-2)."""

from datetime import datetime

from amate.audit.record import record
from amate.companies.models import CsdUpload, Emisor
from amate.companies.secrets import seal
from amate.fiscal.csd import check_csd_certificate
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise


def send_csd(*, cer: bytes, key: bytes, password: str, sent_by: str, now: datetime) -> CsdUpload:
    """Refuse at once what the certificate alone shows (no certificate, e.firma, another RFC, expired); promise the rest.

    Raises fiscal.csd.CsdRefused; then nothing was written. `sent_by` is the person's mail.
    """
    certificate = check_csd_certificate(cer=cer, rfc=Emisor.objects.get().rfc, now=now)
    upload = CsdUpload.objects.create(
        no_certificado=certificate.no_certificado,
        cer=cer,
        sealed_key=seal(key, field="csd_upload.key"),
        sealed_password=seal(password.encode(), field="csd_upload.password"),
        sent_by=sent_by,
        sent_at=now,
    )
    record("csd.sent", about=f"csd_upload:{upload.pk}", now=now, no_certificado=certificate.no_certificado)
    promise("keep_csd", key=f"keep_csd:{upload.pk}", now=now, priority=SOMEBODY_WAITS, upload_id=upload.pk)
    return upload
