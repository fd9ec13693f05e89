"""Cancelling: what we asked the SAT for, what it answered, and what others ask of us as receiver."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from amate.invoices.models.invoice import Invoice
from amate.tenancy.models import CompanyOwned, ScopedManager, Stateful


class Motivo(models.TextChoices):
    """c_Motivo (CAN-1)."""

    SUBSTITUTED = "01", "Comprobante con errores, con sustituto"
    ERRORS = "02", "Comprobante con errores, sin sustituto"
    NOT_CARRIED_OUT = "03", "No se llevó a cabo la operación"
    IN_GLOBAL = "04", "Operación nominativa relacionada en una factura global"


class CancellationState(models.TextChoices):
    ASKED = "asked", "Esperando su turno"
    HELD = "held", "Detenida: decide tú"
    SENDING = "sending", "Enviando al SAT"
    DOUBTED = "doubted", "Confirmando con el SAT"
    RECEIVED = "received", "Recibida por el SAT"
    DONE = "done", "Cancelada"
    REJECTED = "rejected", "Rechazada por el receptor"
    REFUSED = "refused", "No procede"
    WITHDRAWN = "withdrawn", "Retirada"


NOT_SENT = ["asked", "held"]
OPEN_STATES = [*NOT_SENT, "sending", "doubted", "received"]


class CancellationQuerySet(models.QuerySet["Cancellation"]):
    def open(self) -> "CancellationQuerySet":
        return self.filter(state__in=OPEN_STATES)


class Cancellation(Stateful):
    """One request to cancel one document, from a person's decision to what the SAT made of it. What the SAT says moves the
    document; this row remembers why it was asked, what was sent and what came back."""

    State = CancellationState
    # asked → held: what it waited for stays live, so a person says how to go on. sending → doubted: a no after an attempt
    # whose answer was lost. received → sending: a day later the SAT knows nothing of it, so it goes out again.
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.ASKED: frozenset({State.SENDING, State.HELD, State.WITHDRAWN, State.DONE, State.REFUSED}),
        State.HELD: frozenset({State.ASKED, State.SENDING, State.WITHDRAWN, State.DONE, State.REFUSED}),
        State.SENDING: frozenset(
            {State.SENDING, State.DOUBTED, State.RECEIVED, State.REFUSED, State.DONE, State.REJECTED}
        ),
        State.DOUBTED: frozenset({State.RECEIVED, State.DONE, State.REJECTED, State.REFUSED}),
        State.RECEIVED: frozenset({State.RECEIVED, State.SENDING, State.DONE, State.REJECTED, State.REFUSED}),
        State.DONE: frozenset(),
        State.REJECTED: frozenset(),
        State.REFUSED: frozenset(),
        State.WITHDRAWN: frozenset(),
    }

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="cancellations")
    state = models.CharField(max_length=10, choices=CancellationState.choices, default=CancellationState.ASKED)
    motivo = models.CharField(max_length=2, choices=Motivo.choices)
    substitute = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True, default="", help_text="in the words of who asked (CAN-1)")
    because_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="first",
        help_text="the cancellation that needs this one done before it",
    )
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=254, blank=True, default="")
    sent_at = models.DateTimeField(null=True, help_text="when its request was last sent and may have arrived")
    received_at = models.DateTimeField(null=True, help_text="when the SAT first took it: its three days run from there")
    looks = models.PositiveSmallIntegerField(default=0, help_text="how often the SAT was asked since it was received")
    settled_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=20, blank=True, default="", help_text="the last answer: CAN-7, or a PAC's own")
    answer = models.TextField(blank=True, default="")

    objects: ClassVar = ScopedManager.from_queryset(CancellationQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "invoice"], condition=Q(state__in=OPEN_STATES), name="one_open_cancellation"
            ),
            models.CheckConstraint(  # DB-11; that it is stamped and names the old one is checked by a trigger when it is sent
                condition=Q(motivo="01", substitute__isnull=False) & ~Q(substitute=F("invoice"))
                | ~Q(motivo="01") & Q(substitute__isnull=True),
                name="cancellation_01_has_substitute",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], condition=Q(state__in=OPEN_STATES), name="cancellation_open"),
            models.Index(fields=["company", "substitute"], name="cancellation_substitute"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}:{self.motivo}:{self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class CancellationPaper(CompanyOwned):
    """What was sent and every acuse, as they are. Written once: the request before its first call (SAFE-10)."""

    class Kind(models.TextChoices):
        REQUEST = "request", "Solicitud firmada"
        ACUSE = "acuse", "Acuse"

    cancellation = models.ForeignKey(Cancellation, on_delete=models.PROTECT, null=True, related_name="papers")
    received = models.ForeignKey("ReceivedRequest", on_delete=models.PROTECT, null=True, related_name="papers")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    xml = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cancellation__isnull=False, received__isnull=True)
                | Q(cancellation__isnull=True, received__isnull=False),
                name="paper_of_one_matter",
            )
        ]

    def __str__(self) -> str:
        return self.kind


class ReceivedRequest(Stateful):
    """Somebody asks to cancel a CFDI that our company received. Nobody's silence is ours: a person says yes or no, or the
    days run out and the SAT takes it as a yes (CAN-3)."""

    class State(models.TextChoices):
        PENDING = "pending", "Por responder"
        ANSWERING = "answering", "Enviando la respuesta"
        ANSWERED = "answered", "Respondida"
        ELSEWHERE = "elsewhere", "Ya tenía respuesta"
        GONE = "gone", "Ya no está pendiente"

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.PENDING: frozenset({State.ANSWERING, State.GONE}),
        State.ANSWERING: frozenset({State.ANSWERING, State.ANSWERED, State.ELSEWHERE, State.PENDING, State.GONE}),
        State.ANSWERED: frozenset(),
        State.ELSEWHERE: frozenset(),
        State.GONE: frozenset({State.PENDING}),
    }

    uuid = models.UUIDField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    seen_at = models.DateTimeField(help_text="when the PAC first told us: its days run from before")
    accepts = models.BooleanField(null=True)
    decided_by = models.CharField(max_length=254, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True, help_text="when this answer was last sent and may have arrived")
    settled_at = models.DateTimeField(null=True)
    unlisted_at = models.DateTimeField(
        null=True, help_text="once it was answered, when the PAC's list was first seen without it"
    )
    code = models.CharField(max_length=20, blank=True, default="")
    answer = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "uuid"],
                condition=Q(state__in=["pending", "answering"]),
                name="one_open_received_request",
            ),
            models.CheckConstraint(
                condition=Q(state="pending") | Q(state="gone") | Q(accepts__isnull=False, decided_at__isnull=False),
                name="received_request_decided",
            ),
        ]
        indexes = [models.Index(fields=["company", "state", "-id"], name="received_request_state")]

    def __str__(self) -> str:
        return f"{self.uuid}:{self.state}"
