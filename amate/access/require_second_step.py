"""The company lets some roles in only with a second step."""

from collections.abc import Iterable
from datetime import datetime

from amate.access.models import EntryRule, Role
from amate.audit.record import record
from amate.tenancy.scope import open_company


def require_second_step(*, roles: Iterable[Role], now: datetime) -> bool:
    """From the next request on. Answers whether anything changed. Programs with a key are not people: it asks nothing of
    them."""
    wanted = [role for role in Role if role in set(roles)]
    if not wanted and not EntryRule.objects.exists():
        return False
    rule, _ = EntryRule.objects.select_for_update(no_key=True).get_or_create(company_id=open_company())
    if rule.roles == [role.value for role in wanted]:
        return False
    rule.roles = [role.value for role in wanted]
    rule.save(update_fields=["roles"])
    named = ", ".join(str(role.label) for role in wanted) or "nadie"
    record("person.second_step_required", about="", now=now, roles=named)
    return True
