"""Keeping a CSD and, in the worker only, opening it."""

from datetime import datetime
from functools import lru_cache

from amate.companies.models import Csd as CsdRow
from amate.companies.secrets import decrypt, encrypt
from amate.fiscal.csd import Csd, private_key_der, read_csd
from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.scope import open_company

# Only which one it is: the key itself is decrypted once a process.
_IN_FORCE = Compiled(
    lambda: CsdRow.objects.in_use().filter(valid_from__lte=Arg("now"), valid_to__gt=Arg("now")).only("id")[:1]
)


class NoCsd(RuntimeError):
    """The company has no CSD in force: upload one before issuing."""


def keep_csd(*, cer: bytes, key: bytes, password: str, rfc: str, now: datetime) -> CsdRow:
    """Check the pair and store it encrypted; the password is used once and not kept. Raises fiscal.csd.CsdRefused.

    The same certificate again is encrypted anew and is in use again: that is the way out of a lost master key.
    """
    csd = read_csd(cer=cer, key=key, password=password, rfc=rfc, now=now)
    company_id = open_company()
    row, _ = CsdRow.objects.update_or_create(
        no_certificado=csd.no_certificado,
        defaults={
            "cer": cer,
            "encrypted_key": encrypt(private_key_der(key=key, password=password), about=f"csd:{company_id}"),
            "valid_from": csd.certificate.valid_from,
            "valid_to": csd.certificate.valid_to,
            "kept_at": now,
            "retired_at": None,
        },
    )
    return row


def open_csd(*, now: datetime) -> Csd:
    """The company's seal, ready to sign. Raises NoCsd. The decrypted key stays in this process's memory only."""
    row = _IN_FORCE.first(now=now)
    if row is None:
        raise NoCsd(
            "La empresa no tiene un certificado de sello digital vigente. Guarda tu CSD (amate company csd) y lo pendiente se emite solo."
        )
    return _opened(open_company(), row.pk)


@lru_cache(maxsize=256)
def _opened(company_id: int, row_id: int) -> Csd:
    row = CsdRow.objects.get(pk=row_id)
    key = decrypt(bytes(row.encrypted_key), about=f"csd:{company_id}")
    return Csd.load(cer=bytes(row.cer), private_key_der=key)
