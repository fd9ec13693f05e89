"""What every company's table shares."""

from functools import cache
from typing import Any, ClassVar, Self, TypeVar

from django.db import models

from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.scope import open_company, scope_is_open
from amate.tenancy.writes import update_if

Row = TypeVar("Row", bound=models.Model)
Owned = TypeVar("Owned", bound="CompanyOwned")


class ScopedManager(models.Manager[Row]):
    """Refuses to answer outside a company_scope; inside, row-level security narrows every query by itself."""

    def get_queryset(self) -> models.QuerySet[Row]:
        if self._db in (None, "default") and not scope_is_open():
            open_company()
        return super().get_queryset()


class IllegalMove(RuntimeError):
    """The row is not in the state we read, or the law of its states forbids this move. Nothing was written."""


class CompanyOwned(models.Model):
    """A row of one company. New rows belong to the company whose scope is open."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+", default=open_company)

    objects = ScopedManager()

    class Meta:
        abstract = True

    @classmethod
    def locked(cls, pk: int) -> Self:
        """The row under its lock. FOR NO KEY UPDATE: plain FOR UPDATE deadlocks with inserts that reference it (C6)."""
        row: Self = _locking(cls).get(pk=pk)
        return row


@cache
def _locking(model: type[Owned]) -> Compiled[Owned]:
    return Compiled(lambda: model.objects.select_for_update(no_key=True).filter(pk=Arg("pk")))


class Stateful(CompanyOwned):
    """A row whose state moves only along `MOVES`, by compare-and-set (HOUSE law 8)."""

    MOVES: ClassVar[dict[str, frozenset[str]]] = {}
    state: Any

    class Meta:
        abstract = True

    def move_to(self, state: str, **facts: object) -> None:
        """Move from the state that was read, together with the facts that belong to the move.

        Raises IllegalMove when the law forbids the move or another hand moved the row first.
        """
        if state not in self.MOVES[self.state]:
            raise IllegalMove(f"{type(self).__name__} {self.pk} may not go from {self.state} to {state}")
        open_company()
        if not update_if(self, still={"state": self.state}, state=state, **facts):
            raise IllegalMove(f"{type(self).__name__} {self.pk} is no longer {self.state}")
        for name, value in {"state": state, **facts}.items():
            setattr(self, name, value)
