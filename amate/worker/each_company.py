"""What a beat does for every company: in a scope of its own, and whatever becomes of one of them, the others have theirs."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import InterfaceError, OperationalError

from amate.companies.models import Company
from amate.companies.sandbox_clock import NOTHING, clock_of
from amate.tenancy.clock import running_ahead
from amate.tenancy.scope import company_scope

logger = logging.getLogger(__name__)


def in_each_company(
    act: Callable[[datetime], object], *, now: datetime, beat: str, among: Iterable[int] | None = None
) -> None:
    """`act` is given `now` as the company has it: a sandbox's clock may be ahead of ours. `among`: only these. A fault of
    one company is logged, and it has its turn again with the next beat; a lost database is everybody's, and raised."""
    found = Company.objects.all() if among is None else Company.objects.filter(pk__in=list(among))
    for company_id, sandbox in found.order_by("pk").values_list("pk", "sandbox"):
        try:
            with company_scope(company_id):
                ahead = clock_of(company_id) if sandbox else NOTHING
                with running_ahead(ahead):
                    act(now + ahead)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.exception("beat failed for a company", extra={"beat": beat, "company": company_id})
