"""Whom the company does not cut for now: who decided it, why, and until when (FEATURES 110)."""

from datetime import date, datetime

from django.db.models import QuerySet

from amate.audit.record import record
from amate.billing_cycle.collection.models import Exemption
from amate.billing_cycle.collection.reassess import reassess_customers
from amate.ledger.lock import lock_customers


class NotExempted(Exception):
    """Nothing was written. The message (Spanish) says why, and the way out."""


def exempt_customer(*, customer_id: int, until: date, why: str, by: str, today: date, now: datetime) -> Exemption:
    """Until the end of that day he is not cut, and what was cut for nonpayment comes back at once. It takes the place of
    one that he had. Raises NotExempted."""
    lock_customers([customer_id])
    if until < today:
        raise NotExempted("Elige hoy o un día que venga.")
    if not why.strip():
        raise NotExempted("Escribe por qué: queda en el historial.")
    _open(customer_id).update(ended_at=now, ended_by=by)
    made = Exemption.objects.create(customer_id=customer_id, until=until, why=why.strip(), by=by, created_at=now)
    record("customer.exempted", about=f"customer:{customer_id}", now=now, until=until.isoformat(), why=made.why)
    reassess_customers(customer_ids=[customer_id], today=today, now=now)
    return made


def end_exemption(*, customer_id: int, by: str, today: date, now: datetime) -> bool:
    """From now on he is judged as everybody. Nothing is cut here; only the evening's step cuts. False: there was none."""
    lock_customers([customer_id])
    if not _open(customer_id).update(ended_at=now, ended_by=by):
        return False
    record("customer.exempted_no_more", about=f"customer:{customer_id}", now=now)
    reassess_customers(customer_ids=[customer_id], today=today, now=now)
    return True


def _open(customer_id: int) -> "QuerySet[Exemption]":
    return Exemption.objects.filter(customer_id=customer_id, ended_at__isnull=True)
