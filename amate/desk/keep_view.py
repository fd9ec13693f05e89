"""Saved views: named, shared or kept for oneself, renamed and removed."""

from datetime import datetime

from amate.audit.record import record
from amate.desk.models import SavedView
from amate.tenancy.writes import insert_unless_there

MOST = 30


class NameTaken(ValueError):
    """The person already has a view of this name on this list."""


class TooMany(ValueError):
    """He has as many views of this list as tabs can be read."""


def save_view(*, owner_id: int, listing: str, name: str, query: str, shared: bool, now: datetime) -> SavedView:
    """`query` as `Asked.query` gives it. Raises NameTaken, TooMany."""
    if SavedView.objects.filter(owner_id=owner_id, listing=listing).count() >= MOST:
        raise TooMany
    view = SavedView(owner_id=owner_id, listing=listing, name=name, query=query, shared=shared, saved_at=now)
    if not insert_unless_there(view):
        raise NameTaken
    record("view.saved", about=f"view:{view.pk}", now=now, name=name, listing=listing, shared=shared)
    return view


def change_view(*, view_id: int, name: str, shared: bool, now: datetime) -> SavedView:
    """Another name, or another answer to who sees it. Raises NameTaken."""
    view = SavedView.locked(view_id)
    others = SavedView.objects.filter(owner_id=view.owner_id, listing=view.listing, name=name).exclude(pk=view_id)
    if others.exists():
        raise NameTaken
    before = view.name
    view.name, view.shared = name, shared
    view.save(update_fields=["name", "shared"])
    record("view.changed", about=f"view:{view_id}", now=now, before=before, name=name, shared=shared)
    return view


def remove_view(*, view_id: int, now: datetime) -> SavedView:
    view = SavedView.locked(view_id)
    view.delete()
    record("view.removed", about=f"view:{view_id}", now=now, name=view.name, listing=view.listing)
    return view
