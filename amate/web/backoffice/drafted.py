"""What staff type is kept while they type (FACE PAT-4): the page of a form finds it again, and success forgets it.

A page opts in with a `Drafted`, a line `draft = draft_of(request, …)` that fills its form from `draft.typed`, a
`draft.drop()` where it succeeds, and `{% include "office/draft_line.html" %}` inside its form. `drafts.py` keeps what its
script sends.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest, QueryDict

from amate.access.models import Role
from amate.desk.keep_draft import TooLarge, drop_draft, find_draft, keep_draft
from amate.web.backoffice.roles import may
from amate.web.clock import now

ROW = re.compile(r"[0-9]+(?=-)")  # "l12-precio" is the field "l-precio" of row 12


@dataclass(frozen=True, slots=True)
class Drafted:
    """A form that keeps drafts. `fields` is all that is ever kept of it: none of them is a secret or a file. `tells`: with
    all of these empty there is nothing to keep. `page` is the name of its address; `of_a_thing`: it names the thing."""

    name: str
    page: str
    roles: frozenset[Role]
    fields: frozenset[str]
    tells: frozenset[str] = frozenset()
    of_a_thing: bool = False
    args_of: Callable[[int], Sequence[int]] = field(default=lambda thing: [thing])
    """What the address of the page takes, of the thing that the draft is of; Http404 if it is not there any more."""
    picks: frozenset[str] = frozenset()
    """Of the address, what only picks the form: it fills nothing in."""
    query: str = ""
    """What follows the address of the page, where that picks the form."""

    def worth_keeping(self, typed: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Of what the browser sent, the fields of the form; nothing if they tell nothing."""
        kept = [(name, value.replace("\0", "")) for name, value in typed if _field(name) in self.fields]
        said = {_field(name) for name, value in kept if value.strip()}
        return kept if not self.tells or said & self.tells else []


@dataclass(slots=True)
class PageDraft:
    """The draft of one form of one thing, of whoever looks at the page. Without a `key` nothing is kept."""

    form: Drafted
    key: str
    owner_id: int
    typed: QueryDict | None = None
    at: datetime | None = None

    def keep(self, typed: Iterable[tuple[str, str]], *, now: datetime) -> bool:
        """Whether it is kept now. What tells nothing takes the place of what told something. Raises TooLarge."""
        if not self.key:
            return False
        kept = self.form.worth_keeping(typed)
        if not kept:
            self.drop()
            return False
        keep_draft(owner_id=self.owner_id, form=self.key, typed=kept, now=now)
        return True

    def keep_if_it_fits(self, typed: Iterable[tuple[str, str]], *, now: datetime) -> None:
        """Of what does not, the last that fitted stays: the form goes on all the same."""
        with suppress(TooLarge):
            self.keep(typed, now=now)

    def drop(self) -> None:
        """What was typed has become what it was typed for, or nobody wants it."""
        if self.key:
            drop_draft(owner_id=self.owner_id, form=self.key)

    def said(self, name: str) -> str:
        """A field of the draft that is shown; empty without one."""
        return self.typed.get(name, "") if self.typed is not None else ""


def draft_of(request: HttpRequest, form: Drafted, thing: int | None = None) -> PageDraft:
    """A page that is opened finds the draft, unless its address says what to fill in; what a page sends is kept, so that a
    refusal loses nothing either. For whoever may not use the form there is none."""
    draft = PageDraft(form, "", request.user.pk or 0)
    if not may(request, form.roles):
        return draft
    draft.key = form.name if thing is None else f"{form.name}:{thing}"
    if request.method == "POST":
        draft.keep_if_it_fits(pairs(request.POST), now=now())
    elif not set(request.GET) - form.picks:
        _find(draft)
    return draft


def pairs(sent: QueryDict) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, values in sent.lists() for value in values]


def _find(draft: PageDraft) -> None:
    found = find_draft(owner_id=draft.owner_id, form=draft.key, now=now())
    typed = draft.form.worth_keeping(found.typed) if found else []  # a form of today may have other fields
    if found is None or not typed:
        return
    draft.at, draft.typed = found.saved_at, QueryDict(mutable=True)
    for name, value in typed:
        draft.typed.appendlist(name, value)


def _field(name: str) -> str:
    """
    >>> _field("l12-precio"), _field("precio")
    ('l-precio', 'precio')
    """
    return ROW.sub("", name, count=1)
