"""Whoever asks for a page or sends one may do so, by role."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from amate.access.models import Role


def may(request: HttpRequest, roles: frozenset[Role]) -> bool:
    return request.membership.role in roles  # type: ignore[attr-defined]


def require(request: HttpRequest, roles: frozenset[Role]) -> None:
    """Raises PermissionDenied, which becomes the page that says whom to ask."""
    if not may(request, roles):
        raise PermissionDenied
