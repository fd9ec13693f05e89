"""Drafts: what a person has typed in a form is kept, found again in a new session, and forgotten."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from amate.desk.models import Draft

KEPT = timedelta(days=30)
# Forms of this name hold the data of a buyer, not of the company: they go with the visits of the portal.
BUYERS_DATA = "receiver"
OF_BUYERS_KEPT = timedelta(days=1)
LARGEST = 64_000  # bytes of what was typed, as JSON
MOST = 50  # of one person in one company; the oldest gives way

Typed = Sequence[tuple[str, str]]


class TooLarge(ValueError):
    """More was typed than a draft holds. What was kept before stays."""


def keep_draft(*, owner_id: int, form: str, typed: Typed, now: datetime) -> None:
    """In place of what he had typed there before. Raises TooLarge."""
    said = [[name, value] for name, value in typed]
    if len(json.dumps(said, ensure_ascii=False).encode()) > LARGEST:
        raise TooLarge
    Draft.objects.bulk_create(
        [Draft(owner_id=owner_id, form=form, typed=said, saved_at=now)],
        update_conflicts=True,
        unique_fields=["company", "owner", "form"],
        update_fields=["typed", "saved_at"],
    )
    mine = Draft.objects.filter(owner_id=owner_id)
    over = mine.count() - MOST
    if over > 0:  # whichever another page of his is writing is not among the oldest: nobody waits for it
        oldest = mine.order_by("saved_at", "id").select_for_update(skip_locked=True)[:over]
        Draft.objects.filter(pk__in=[one.pk for one in oldest]).delete()


def find_draft(*, owner_id: int, form: str, now: datetime) -> Draft | None:
    life = OF_BUYERS_KEPT if form.startswith(f"{BUYERS_DATA}:") else KEPT
    rows = Draft.objects.filter(owner_id=owner_id, form=form, saved_at__gt=now - life)
    found: Draft | None = rows.first()
    return found


def drop_draft(*, owner_id: int, form: str) -> None:
    Draft.objects.filter(owner_id=owner_id, form=form).delete()


def forget_old_drafts(*, now: datetime) -> int:
    """How many were as old as that. Of the company whose scope is open."""
    of_buyers = Q(form__startswith=f"{BUYERS_DATA}:", saved_at__lte=now - OF_BUYERS_KEPT)
    forgotten, _ = Draft.objects.filter(Q(saved_at__lte=now - KEPT) | of_buyers).delete()
    return int(forgotten)
