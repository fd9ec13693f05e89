"""Whose page it is, and which person of the company it is about."""

from django.http import Http404, HttpRequest

from amate.access.models import Membership


def mine_of(request: HttpRequest) -> Membership:
    found: Membership = request.membership  # type: ignore[attr-defined]
    return found


def find_member(request: HttpRequest, member_id: int) -> Membership:
    rows = Membership.objects.select_related("user", "company__entry_rule").filter(
        company_id=mine_of(request).company_id, pk=member_id
    )
    found = rows.first()
    if found is None:
        raise Http404
    return found
