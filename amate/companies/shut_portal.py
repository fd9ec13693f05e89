"""The portal is shut for the company and every branch of it, until a person opens it in Ajustes › Portal."""

from datetime import datetime

from amate.audit.record import record
from amate.companies.models import Branch, PortalPolicy
from amate.companies.policies import in_force
from amate.fiscal.clock import local_time


def shut_portal(*, now: datetime) -> None:
    """Every other rule stays: a note qualifies, and until when, by what it printed.

    Shut from the earliest of the branches' local days, so that no zone still lets anybody in; the rules of later days, that
    would open it again by themselves, are shut too.
    """
    days = [local_time(cp, now).date() for cp in Branch.objects.values_list("cp", flat=True)]
    if not days:
        return
    day = min(days)
    past = list(PortalPolicy.objects.filter(effective_from__lt=day))
    PortalPolicy.objects.filter(effective_from__gte=day).update(enabled=False)
    written = set(PortalPolicy.objects.filter(effective_from=day).values_list("branch_id", flat=True))
    for branch_id in {row.branch_id for row in past} - written:
        row = in_force((one for one in past if one.branch_id == branch_id), branch_id=branch_id, day=day)
        if row is None or not row.enabled:  # a branch that follows the company is shut with it
            continue
        row.pk, row._state.adding = None, True
        row.effective_from, row.enabled = day, False
        row.save()
    record("portal_policy.set", about="portal", now=now, enabled=False, day=str(day))
