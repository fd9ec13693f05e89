"""A visitor's message to the shop, with the visit it came from."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from amate.self_invoicing.models import Correction, Ticket, Visit
from amate.tenancy.models import ScopedManager, Stateful


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> "CaseQuerySet":
        """Nobody has answered them."""
        return self.filter(state=Case.State.OPEN)


class Case(Stateful):
    """Somebody asked. The visit shows staff the same purchase that the visitor saw; what was typed in it is erased with
    the visit, and is never copied here."""

    class State(models.TextChoices):
        OPEN = "open", "Por responder"
        ANSWERED = "answered", "Respondido"
        CLOSED = "closed", "Cerrado"

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.ANSWERED, State.CLOSED}),
        State.ANSWERED: frozenset({State.ANSWERED, State.CLOSED, State.OPEN}),
        State.CLOSED: frozenset({State.OPEN}),
    }

    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, related_name="+")
    correction = models.OneToOneField(Correction, on_delete=models.PROTECT, null=True, related_name="case")
    subject = models.CharField(max_length=20, blank=True, default="", help_text="which page of the portal led here")
    text = models.CharField(max_length=1000)
    correo = models.EmailField(blank=True, default="")
    telefono = models.CharField(max_length=30, blank=True, default="")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=2000, blank=True, default="", help_text="the last one")
    answered_by = models.CharField(max_length=254, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=254, blank=True, default="")
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(CaseQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(correo="", telefono=""), name="case_may_be_answered"),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="case_newest"),
            models.Index(fields=["company", "-id"], condition=Q(state="open"), name="case_open"),
            models.Index(fields=["company", "-asked_at", "-id"], name="case_asked"),
            models.Index(fields=["company", "state", "-id"], name="case_state"),
            models.Index(fields=["company", "subject", "-id"], name="case_subject"),
            models.Index(fields=["company", "correo"], name="case_correo"),
        ]

    def __str__(self) -> str:
        return f"ayuda {self.pk}"
