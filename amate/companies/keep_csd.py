"""Keeping a CSD and opening it: the command line and the worker only, never the web (SEC-2)."""

from datetime import datetime
from functools import lru_cache

from amate.audit.record import record
from amate.companies.models import Csd as CsdRow
from amate.companies.models import CsdUpload, Emisor
from amate.companies.secrets import WrongMasterKey, seal, unseal
from amate.fiscal.csd import Csd, CsdRefused, read_csd
from amate.promises.lease import retry_all
from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.scope import open_company

KEY, PASSWORD = "csd.key", "csd.password"
UPLOADED_KEY, UPLOADED_PASSWORD = "csd_upload.key", "csd_upload.password"

# Only which one it is: the key itself is opened once a process.
_IN_FORCE = Compiled(lambda: CsdRow.objects.seals_at(Arg("now")).only("id")[:1])


class NoCsd(RuntimeError):
    """The company has no CSD in force: upload one before issuing."""


def keep_csd(*, cer: bytes, key: bytes, password: str, rfc: str, now: datetime) -> CsdRow:
    """Check the pair and store it: the .key as it came, its password sealed apart. Raises fiscal.csd.CsdRefused.

    The same certificate again is sealed anew and is in use again: that is the way out of a lost master key.
    """
    csd = read_csd(cer=cer, key=key, password=password, rfc=rfc, now=now)
    row, _ = CsdRow.objects.update_or_create(
        no_certificado=csd.no_certificado,
        defaults={
            "cer": cer,
            "sealed_key": seal(key, field=KEY),
            "sealed_password": seal(password.encode(), field=PASSWORD),
            "valid_from": csd.certificate.valid_from,
            "valid_to": csd.certificate.valid_to,
            "kept_at": now,
            "retired_at": None,
        },
    )
    record("csd.kept", about=f"csd:{row.pk}", now=now, no_certificado=csd.no_certificado)
    retry_all(alarms=("csd", "master_key"), now=now)
    return row


def judge_csd(*, upload_id: int, now: datetime) -> CsdUpload:
    """Open what the web received and keep it or say why not; either way its secrets are wiped from the upload.

    The verdict is for the page: a refusal is an outcome, not an error. Raises WrongMasterKey, after which the upload waits.
    """
    upload = CsdUpload.locked(upload_id)
    if upload.state != CsdUpload.State.RECEIVED:
        return upload
    try:
        keep_csd(
            cer=bytes(upload.cer),
            key=unseal(bytes(upload.sealed_key), field=UPLOADED_KEY),
            password=unseal(bytes(upload.sealed_password), field=UPLOADED_PASSWORD).decode(),
            rfc=Emisor.objects.get().rfc,
            now=now,
        )
    except CsdRefused as refused:
        record("csd.refused", about=f"csd_upload:{upload.pk}", now=now, why=refused.code)
        state, verdict = CsdUpload.State.REFUSED, refused.message
    else:
        state, verdict = CsdUpload.State.KEPT, ""
    upload.move_to(state, verdict=verdict, judged_at=now, sealed_key=b"", sealed_password=b"")
    return upload


def open_csd(*, now: datetime) -> Csd:
    """The company's seal, ready to sign. Raises NoCsd. The opened key stays in this process's memory only."""
    row = _IN_FORCE.first(now=now)
    if row is None:
        raise NoCsd(
            "La empresa no tiene un certificado de sello digital vigente. Sube tu CSD en Ajustes › Sello digital "
            "(o con amate company csd) y lo pendiente se emite solo."
        )
    return _opened(open_company(), row.pk)


@lru_cache(maxsize=256)
def _opened(company_id: int, row_id: int) -> Csd:
    row = CsdRow.objects.get(pk=row_id)
    key = unseal(bytes(row.sealed_key), field=KEY)
    password = unseal(bytes(row.sealed_password), field=PASSWORD).decode()
    try:
        return read_csd(cer=bytes(row.cer), key=key, password=password)
    except CsdRefused as broken:  # what was kept was whole once: only another hand in the database makes it so
        raise WrongMasterKey("El sello guardado no corresponde a su certificado. Vuelve a subir tu CSD.") from broken
