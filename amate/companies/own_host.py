"""The portal answers to a name of the company's own: asked for, proved by the worker, given back."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from amate.audit.record import record
from amate.companies.host_name import HostRefused, read_host
from amate.companies.models import Company, OwnHost
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.tenancy.scope import open_company

PROOF = "/.well-known/amate/"  # then what was asked; answered by `proof_of`, whatever name the request came to
TAKEN = "Ese dominio ya es de otra empresa de este sistema. Si es tuyo, avisa a quien lo administra"
ELSEWHERE = "{host} contesta, pero no es este sistema: revisa a dónde apunta su registro en el DNS"


def proof_of(*, host: str, nonce: str) -> str:
    """What only this installation can answer to a nonce, for one name."""
    return salted_hmac("amate.own_host", f"{host} {nonce}", algorithm="sha256").hexdigest()


def ask_host(*, typed: str, ours: Collection[str], now: datetime) -> OwnHost:
    """Wish for a name and owe its proof; the same name again is proved again. The one before goes on answering until
    then. `ours` as `host_name.read_host`. Raises HostRefused."""
    host = read_host(typed, ours=ours)
    if Company.objects.filter(host=host).exclude(pk=open_company()).exists():
        raise HostRefused(TAKEN)
    row, _ = OwnHost.objects.update_or_create(
        defaults={"host": host, "asked_at": now, "proved_at": None, "verdict": ""}
    )
    promise("prove_host", key=f"host:{row.pk}", now=now, priority=SOMEBODY_WAITS)
    record("host.asked", about="", now=now, host=host)
    return row


def drop_host(*, now: datetime) -> None:
    """The portal answers at the installation's own address alone. What was printed with the name leads nowhere."""
    Company.objects.filter(pk=open_company(), host__isnull=False).update(host=None)
    dropped, _ = OwnHost.objects.all().delete()
    if dropped:
        record("host.dropped", about="", now=now)


def host_to_prove() -> OwnHost | None:
    found: OwnHost | None = OwnHost.objects.filter(proved_at__isnull=True).first()
    return found


def record_proof(*, asked: OwnHost, answer: str, nonce: str, now: datetime) -> str:
    """Judge what the host answered: from now on requests find the company by it. "" or why not, as the page shows it.

    Of two companies that prove one name the constraint lets one through.
    """
    row: OwnHost | None = OwnHost.objects.select_for_update(no_key=True).filter(pk=asked.pk).first()
    if row is None or (row.host, row.asked_at) != (asked.host, asked.asked_at):
        return ""  # it was given up meanwhile, or another name was asked for, with a promise of its own
    if answer.strip() != proof_of(host=row.host, nonce=nonce):
        return record_not_proved(asked=asked, why=ELSEWHERE.format(host=row.host))
    try:
        with transaction.atomic():
            Company.objects.filter(pk=open_company()).update(host=row.host)
    except IntegrityError:
        return record_not_proved(asked=asked, why=TAKEN)
    OwnHost.objects.filter(pk=row.pk).update(proved_at=now, verdict="")
    record("host.proved", about="", now=now, host=row.host)
    return ""


def record_not_proved(*, asked: OwnHost, why: str) -> str:
    OwnHost.objects.filter(pk=asked.pk, host=asked.host).update(verdict=why[:300])
    return why
