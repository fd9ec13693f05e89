"""A customer, or a file, says that his fiscal data are others: staff decide, as of any proposal."""

from datetime import datetime

from amate.audit.record import record
from amate.customers.models import FiscalProfile
from amate.customers.propose import propose_profile
from amate.customers.remaining import lock_live
from amate.fiscal.receptor import Receptor
from amate.tenancy.writes import rewrite

ORIGIN = "account"


def send_for_review(
    *, customer_id: int, receptor: Receptor, correo: str, now: datetime, origin: str = ORIGIN
) -> FiscalProfile:
    """Keep them for whoever reviews; what came before from there and nobody has seen is dismissed. `correo`: by whose link.
    Raises remaining.Merged."""
    customer = lock_live(customer_id)
    waiting = FiscalProfile.objects.to_review().filter(customer=customer, origin=origin)
    waiting.update(dismissed_at=now)
    profile = propose_profile(receptor=receptor, correo=correo, origin=origin, now=now)
    rewrite(profile, customer_id=customer.pk, confirmed_at=now)
    act = "customer.asked_for_change" if origin == ORIGIN else "customer.file_differed"
    record(act, about=f"customer:{customer.pk}", now=now, proposal=profile.pk)
    return profile
