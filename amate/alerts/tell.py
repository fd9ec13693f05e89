"""Owe the mail of a cause to who can mend it."""

from datetime import datetime

from amate.access.may import MAY_RETRY
from amate.access.models import Membership
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise_all
from amate.tenancy.scope import open_company


def tell_staff(*, cause: str, now: datetime) -> None:
    """One mail a person, inside the company's scope; only one while an earlier one of the same cause waits to leave."""
    people = Membership.objects.filter(company_id=open_company(), role__in=MAY_RETRY, user__is_active=True)
    wanted = {
        f"alert:{cause}:{user_id}": {
            "cause": cause,
            "user_id": user_id,
            "message": f"alert:{cause}:{user_id}:{int(now.timestamp())}",
        }
        for user_id in people.values_list("user_id", flat=True)
    }
    promise_all(kind="alert", wanted=wanted, now=now, priority=SOMEBODY_WAITS)
