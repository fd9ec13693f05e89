"""A company that only tries things out stamps nothing before the SAT."""

from functools import cache

from amate.companies.models import Company
from amate.tenancy.scope import open_company


def only_tries_out() -> bool:
    """Whether the company whose scope is open is a sandbox, which it is for good."""
    return _is_sandbox(open_company())


@cache
def _is_sandbox(company_id: int) -> bool:
    return Company.objects.filter(pk=company_id, sandbox=True).exists()
