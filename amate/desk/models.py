"""Named readings of lists, work on many rows that a person asked for, and what people have half typed."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from amate.access.models import User
from amate.tenancy.models import CompanyOwned, ScopedManager, Stateful

LONGEST_NAME = 40
LONGEST_FORM = 40


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def seen_by(self, user_id: int) -> "SavedViewQuerySet":
        """His own, and what others share."""
        return self.filter(Q(owner_id=user_id) | Q(shared=True)).order_by("name", "id")


class SavedView(CompanyOwned):
    """A list as somebody wants to find it again: its address has a name."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    listing = models.CharField(max_length=20, help_text="the name of a `listing.Listing`")
    name = models.CharField(max_length=LONGEST_NAME)
    query = models.CharField(max_length=2000, help_text="what follows the question mark")
    shared = models.BooleanField(default=False, help_text="everybody of the company sees it")
    saved_at = models.DateTimeField()

    objects: ClassVar = ScopedManager.from_queryset(SavedViewQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "owner", "listing", "name"], name="saved_view_name"),
        ]
        indexes = [models.Index(fields=["company", "listing"], name="saved_view_of_list")]

    def __str__(self) -> str:
        return self.name


class Run(Stateful):
    """An act on many rows, or a file made of them. Acts have their rows frozen in `ids`, in the order of locks; a list
    that is exported is read again by its `query`."""

    class State(models.TextChoices):
        ASKED = "asked", "En marcha"
        DONE = "done", "Terminada"
        EXPIRED = "expired", "El archivo ya se borró"

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.ASKED: frozenset({State.DONE}),
        State.DONE: frozenset({State.EXPIRED}),
        State.EXPIRED: frozenset(),
    }

    token = models.UUIDField(help_text="of the page that asked: sent twice, it is one run")
    act = models.CharField(max_length=20, help_text="the name of an `acts.Act`, or xlsx, csv")
    listing = models.CharField(max_length=20)
    query = models.CharField(max_length=2000, blank=True, default="")
    zone = models.CharField(max_length=40, help_text="the company's, when it was asked")
    ids = ArrayField(models.BigIntegerField(), default=list)
    said = models.JSONField(default=dict, help_text="what the person typed: the reason, the mail")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    state_since = models.DateTimeField()
    owner = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        help_text="who asked; null: an old run of nobody known",
    )
    asked_by = models.CharField(max_length=254, help_text="the mail that person had then, to be shown")
    request_id = models.CharField(max_length=64, blank=True, default="")
    asked_at = models.DateTimeField()
    through = models.PositiveIntegerField(default=0, help_text="how many of `ids`, or rows of the file, are behind us")
    total = models.PositiveIntegerField(default=0, help_text="how many there are; 0 until it is counted")
    began_at = models.DateTimeField(null=True, help_text="when the worker began: what is left of it is told from here")
    counts = models.JSONField(default=dict, help_text="{done, left: {sentence: how many}}")
    left_out = models.JSONField(default=dict, help_text="{sentence: ids of the rows that stayed as they are}")
    file_name = models.CharField(max_length=120, blank=True, default="")
    size = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "token"], name="run_token")]
        indexes = [models.Index(fields=["company", "state", "state_since"], name="run_state")]

    def __str__(self) -> str:
        return f"{self.act} {self.pk}"

    @property
    def is_working(self) -> bool:
        return bool(self.state == self.State.ASKED)

    @property
    def shows_codes(self) -> bool:
        """Whether its file holds whole billing codes: who asked for it might see them then."""
        return "codes" in self.said

    @property
    def percent(self) -> int:
        return 100 * self.through // self.total if self.total else 0

    def leave_out(self, why: str, ids: list[int]) -> None:
        """These rows stay as they are. To be saved by who calls."""
        left = self.counts["left"]
        self.counts = self.counts | {"left": {**left, why: left.get(why, 0) + len(ids)}}
        self.left_out = {**self.left_out, why: [*self.left_out.get(why, []), *ids]}

    def leave_the_rest(self, why: str) -> None:
        """The rows that are not behind us stay as they are. To be saved by who calls."""
        self.leave_out(why, self.ids[self.through :])
        self.through = len(self.ids)

    def finish(self, *, now: Any, **facts: Any) -> None:
        self.move_to(self.State.DONE, state_since=now, **facts)


class RunPiece(CompanyOwned):
    """Some of the bytes of a made file, so that none is ever whole in memory; gone after a week."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "run", "number"], name="run_piece_number")]

    def __str__(self) -> str:
        return f"{self.run_id}.{self.number}"


class Draft(CompanyOwned):
    """What one person has typed in one form and not sent yet. No act, so no audit tells of it; gone after 30 days."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=LONGEST_FORM, help_text="which form of which thing: sale, customer:12")
    typed = models.JSONField(help_text="[[field, value], …] as the browser sends them: a field may come more than once")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "owner", "form"], name="draft_of_a_form")]
        indexes = [models.Index(fields=["company", "saved_at"], name="draft_age")]

    def __str__(self) -> str:
        return self.form
