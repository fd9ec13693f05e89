"""Payments that a REP applied where they do not belong, until the right REP is issued."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from amate.invoices.models.invoice import Invoice
from amate.tenancy.models import ScopedManager, Stateful


class MoveState(models.TextChoices):
    WAITING = "waiting", "Esperando que el SAT cancele el anterior"
    KEPT = "kept", "El anterior sigue vigente"
    STUCK = "stuck", "Falta el nuevo complemento"
    DONE = "done", "Emitido el nuevo"
    WITHDRAWN = "withdrawn", "Se dejó como estaba"


OPEN_MOVES = ["waiting", "kept", "stuck"]


class MovedPaymentQuerySet(models.QuerySet["MovedPayment"]):
    def open(self) -> "MovedPaymentQuerySet":
        return self.filter(state__in=OPEN_MOVES)

    def for_a_person(self) -> "MovedPaymentQuerySet":
        """The receiver or the SAT said no, or the new one cannot be made as it was asked for."""
        return self.filter(state__in=["kept", "stuck"])


class MovedPayment(Stateful):
    """One REP is wrong: it is cancelled, and what it paid is applied as `payments` say once the SAT has said so, not before:
    until then it counts where it is (FEATURES 125, DB-11)."""

    State = MoveState
    # kept → waiting: its cancellation is asked for again. kept, stuck → done: somebody mended what stood in the way.
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.WAITING: frozenset({State.KEPT, State.STUCK, State.DONE, State.WITHDRAWN}),
        State.KEPT: frozenset({State.WAITING, State.STUCK, State.DONE, State.WITHDRAWN}),
        State.STUCK: frozenset({State.STUCK, State.DONE, State.WITHDRAWN}),
        State.DONE: frozenset(),
        State.WITHDRAWN: frozenset(),
    }

    rep = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="moves_of_payments")
    state = models.CharField(max_length=10, choices=MoveState.choices, default=MoveState.WAITING)
    payments = models.JSONField(help_text="as `payments.received_to_json` keeps each, applied where it belongs")
    reason = models.CharField(max_length=300, blank=True, default="")
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=254, blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    why = models.TextField(blank=True, default="", help_text="for people: what stands in the way")

    objects: ClassVar = ScopedManager.from_queryset(MovedPaymentQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "rep"], condition=Q(state__in=OPEN_MOVES), name="one_open_move"),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], condition=Q(state__in=OPEN_MOVES), name="moved_payment_open"),
        ]

    def __str__(self) -> str:
        return f"{self.rep_id}:{self.state}"
