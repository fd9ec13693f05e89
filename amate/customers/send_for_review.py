"""A customer says that his fiscal data are others: staff decide, as of any proposal."""

from datetime import datetime

from amate.audit.record import record
from amate.customers.models import FiscalProfile
from amate.customers.propose import propose_profile
from amate.customers.remaining import lock_live
from amate.fiscal.receptor import Receptor
from amate.tenancy.writes import rewrite

ORIGIN = "account"


def send_for_review(*, customer_id: int, receptor: Receptor, correo: str, now: datetime) -> FiscalProfile:
    """Keep them for whoever reviews; what he proposed before and nobody has seen is dismissed. `correo`: by whose link.
    Raises remaining.Merged."""
    customer = lock_live(customer_id)
    waiting = FiscalProfile.objects.to_review().filter(customer=customer, origin=ORIGIN)
    waiting.update(dismissed_at=now)
    profile = propose_profile(receptor=receptor, correo=correo, origin=ORIGIN, now=now)
    rewrite(profile, customer_id=customer.pk, confirmed_at=now)
    record("customer.asked_for_change", about=f"customer:{customer.pk}", now=now, proposal=profile.pk)
    return profile
