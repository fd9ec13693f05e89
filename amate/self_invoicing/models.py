"""Tickets, who claimed them, and the visits of the portal."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from amate.companies.models import Branch
from amate.invoices.models import Invoice
from amate.tenancy.models import CompanyOwned, ScopedManager, Stateful


class TicketQuerySet(models.QuerySet["Ticket"]):
    def sold(self) -> "TicketQuerySet":
        """Each sale once: of a divided note its parts, and of one that is whole again the note."""
        return self.exclude(state=Ticket.State.SPLIT).filter(rejoined_at__isnull=True)


class Ticket(Stateful):
    """A sale to the general public. Stored states say what the company did with it; whether it is being invoiced or is
    invoiced follows from its live claim's invoice, and is never copied here (DECISIONS C3)."""

    class State(models.TextChoices):
        OPEN = "open", "Abierta"
        LOCKED = "locked", "En revisión"
        VOID = "void", "Cancelada"
        SPLIT = "split", "Dividida"

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.LOCKED, State.VOID, State.SPLIT}),
        State.LOCKED: frozenset({State.OPEN, State.VOID}),
        State.VOID: frozenset(),
        State.SPLIT: frozenset({State.OPEN}),
    }

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32, help_text="of what was registered: a repetition must say the same")
    code = models.CharField(max_length=12)
    folio = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    state_since = models.DateTimeField()
    state_reason = models.CharField(max_length=200, blank=True, default="", help_text="why it is locked or void")
    sold_at = models.DateTimeField()
    deadline = models.DateTimeField(help_text="the last second in which the portal invoices it; frozen when registered")
    lines = models.JSONField()
    forma_pago = models.CharField(max_length=2)
    pagos = models.JSONField(
        default=list, help_text="[{forma_pago, importe}] of a sale paid in several ways; `forma_pago` is the largest's"
    )
    metodo_pago = models.CharField(max_length=3, default="PUE", help_text="PPD: sold on credit, and not paid yet")
    moneda = models.CharField(max_length=3, default="MXN")
    total = models.DecimalField(max_digits=18, decimal_places=2)
    total_cents = models.BigIntegerField()
    created_at = models.DateTimeField()
    split_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="parts",
        db_index=False,
        help_text="the note whose part this is: while that is divided, its parts add up to it",
    )
    rejoined_at = models.DateTimeField(null=True, help_text="of a part: its note is whole again, and this one is void")

    objects: ClassVar = ScopedManager.from_queryset(TicketQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "source", "external_id"], name="ticket_external_id"),
            models.UniqueConstraint(fields=["company", "code"], name="ticket_code"),
            models.CheckConstraint(
                condition=Q(metodo_pago="PUE") & ~Q(forma_pago="99") | Q(metodo_pago="PPD", forma_pago="99"),
                name="ticket_pue_ppd",
            ),
            models.CheckConstraint(
                condition=Q(rejoined_at__isnull=True) | Q(split_of__isnull=False, state="void"),
                name="ticket_rejoined_part_is_void",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="ticket_newest"),
            models.Index(fields=["company", "state", "-id"], name="ticket_state"),
            # One for each way the list of notes is narrowed or ordered (desk/ticket_list.py).
            models.Index(fields=["company", "-sold_at", "-id"], name="ticket_sold"),
            models.Index(fields=["company", "branch", "-id"], name="ticket_branch"),
            models.Index(fields=["company", "source", "-id"], name="ticket_source"),
            models.Index(fields=["company", "folio"], name="ticket_folio"),
            models.Index(fields=["company", "-total_cents", "-id"], name="ticket_cents"),
            models.Index(fields=["company", "-deadline", "-id"], condition=Q(state="open"), name="ticket_deadline"),
            models.Index(fields=["company", "split_of"], condition=Q(split_of__isnull=False), name="ticket_parts"),
        ]

    def __str__(self) -> str:
        return self.folio


class ReservedCode(CompanyOwned):
    """A code that a till prints while it is offline (OUTSIDE IMP-5). It is used when a ticket has it: that is read from
    the ticket, never copied here, so an unused one is to a buyer as if it did not exist."""

    code = models.CharField(max_length=12)
    source = models.CharField(max_length=40, help_text="the only till that may print it")
    batch = models.UUIDField()
    reserved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="reserved_code")]
        indexes = [models.Index(fields=["company", "batch"], name="reserved_batch")]

    def __str__(self) -> str:
        return f"{self.source} {self.batch}"


class Restoration(CompanyOwned):
    """This company came out of a backup: what was sold in between is sent again, some of it with a code that is on paper
    (`after_restore`)."""

    made_at = models.DateTimeField(help_text="when the backup was made")
    restored_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "restored_at"], name="restoration_when")]

    def __str__(self) -> str:
        return f"{self.made_at} → {self.restored_at}"


class ClaimQuerySet(models.QuerySet["Claim"]):
    def live(self) -> "ClaimQuerySet":
        return self.filter(released_at__isnull=True)


class Claim(CompanyOwned):
    """Who got the ticket: its buyer's own `invoice`, which may tell several notes of his, or the `global_invoice` of its
    period. The partial unique index is the race's referee: one live document a ticket, whichever it is (DB-1)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="claims")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="claims", db_index=False)
    global_invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, related_name="notes", db_index=False
    )
    claimed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(ClaimQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "ticket"], condition=Q(released_at__isnull=True), name="one_live_claim_a_ticket"
            ),
            models.UniqueConstraint(
                fields=["company", "global_invoice", "ticket"],
                condition=Q(global_invoice__isnull=False),
                name="once_in_a_global",
            ),
            models.UniqueConstraint(
                fields=["company", "invoice", "ticket"], condition=Q(invoice__isnull=False), name="once_in_an_invoice"
            ),
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, global_invoice__isnull=True)
                | Q(invoice__isnull=True, global_invoice__isnull=False),
                name="claim_of_one_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} → {self.invoice_id or self.global_invoice_id}"

    @property
    def document(self) -> Invoice:
        found = self.invoice or self.global_invoice
        assert found is not None  # claim_of_one_document
        return found


class LeftGlobal(CompanyOwned):
    """A note whose buyer came after its factura global (AFT-B): his own invoice, and the egreso that takes the note out of
    the global. How far it is follows from the two documents, and is never copied here (DECISIONS C3)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    global_invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="+")
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="left_global")
    egreso = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="takes_out")
    left_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True, help_text="the SAT refused the buyer's data: the global has it again")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "ticket", "global_invoice"],
                condition=Q(returned_at__isnull=True),
                name="leaves_a_global_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.global_invoice_id} → {self.invoice_id}"


class GlobalScheduleQuerySet(models.QuerySet["GlobalSchedule"]):
    def kept(self) -> "GlobalScheduleQuerySet":
        return self.filter(stopped_at__isnull=True)


class GlobalSchedule(CompanyOwned):
    """The facturas globales of a branch are made by themselves (FEATURES 45). Stopped, they are made by hand again."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+", db_index=False)
    periodicidad = models.CharField(max_length=2)
    hour = models.PositiveSmallIntegerField(help_text="of the branch's own day after the period has ended")
    starts_on = models.DateField(help_text="first day of the first period that is made")
    done_on = models.DateField(null=True, help_text="the last local day on which nothing was left to make")
    trouble = models.TextField(blank=True, default="", help_text="why the last one could not be made")
    stopped_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(GlobalScheduleQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "branch"], name="one_schedule_a_branch"),
            models.CheckConstraint(condition=Q(hour__gte=1, hour__lte=11), name="schedule_before_noon"),
        ]

    def __str__(self) -> str:
        return f"globales {self.periodicidad} de {self.branch_id}"


class Refund(CompanyOwned):
    """What was given back of a sale, once a key of whoever tells it. What remains of the note is what was sold less its
    refunds; a document that told the note before owes a credit note, one that comes later tells only the rest."""

    class Why(models.TextChoices):
        """c_TipoRelacion of its credit note."""

        RETURN = "03", "Devolución de mercancía"
        DISCOUNT = "01", "Bonificación o descuento"

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="refunds", db_index=False)
    external_id = models.CharField(max_length=80, help_text="of the till, or of the page that asked")
    digest = models.BinaryField(max_length=32, help_text="of what was registered: a repetition must say the same")
    lines = models.JSONField(help_text="[{place, cantidad}] or [{place, importe}]: places of Ticket.lines")
    total = models.DecimalField(max_digits=18, decimal_places=2)
    total_cents = models.BigIntegerField()
    tipo_relacion = models.CharField(max_length=2, choices=Why.choices)
    forma_pago = models.CharField(max_length=2, help_text="how the money went back")
    reason = models.CharField(max_length=200)
    newest_document = models.ForeignKey(
        Invoice,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="the newest that told the note by then: it and what is older tell this too",
    )
    credit_note = models.OneToOneField(Invoice, on_delete=models.PROTECT, null=True, related_name="refund")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "ticket", "external_id"], name="refund_external_id"),
            models.CheckConstraint(condition=Q(total__gt=0), name="refund_above_zero"),
        ]

    def __str__(self) -> str:
        return f"devolución {self.pk}"


class Correction(Stateful):
    """A buyer wants the invoice of his note with other data (FEATURES 32): made at once inside the company's limits, and
    beyond them asked of the shop. What he asked for is kept until it is decided."""

    class State(models.TextChoices):
        ASKED = "asked", "Por aprobar"
        MADE = "made", "Hecha"
        REJECTED = "rejected", "Rechazada"

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.ASKED: frozenset({State.MADE, State.REJECTED}),
        State.MADE: frozenset(),
        State.REJECTED: frozenset(),
    }

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="+", help_text="the one with the error")
    state = models.CharField(max_length=10, choices=State.choices)
    receptor = models.JSONField(default=dict, help_text="of one that waits for the shop: what the new one would say")
    correo = models.EmailField(blank=True, default="", max_length=254)
    substitute = models.OneToOneField(Invoice, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=254, blank=True, default="", help_text="empty: the limits of the company")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "invoice"], condition=Q(state="asked"), name="one_correction_asked"
            ),
            models.CheckConstraint(
                condition=Q(state="made", substitute__isnull=False) | ~Q(state="made") & Q(substitute__isnull=True),
                name="correction_made_has_its_invoice",
            ),
        ]
        indexes = [models.Index(fields=["company", "ticket"], name="correction_ticket")]

    def __str__(self) -> str:
        return f"corrección {self.pk}"


class Visit(CompanyOwned):
    """One browser's way through the portal: what it proved, what it typed, what it got. Found by an opaque cookie."""

    token_digest = models.CharField(max_length=64, unique=True)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, related_name="+")
    also = models.JSONField(
        default=list, help_text="ids of the notes that go in the same invoice, each proved likewise"
    )
    fiscal = models.JSONField(default=dict, help_text="what was typed, until it is issued or 24 h old")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+")
    may_download = models.BooleanField(default=False, help_text="this browser issued it, or proved the receiver's RFC")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    reached = models.PositiveSmallIntegerField(
        default=0, help_text="the farthest step that was counted (tallies.REACHED)"
    )
    stopped_by = models.CharField(max_length=4, blank=True, default="", help_text="the last cause that was counted: X4")

    class Meta:
        indexes = [models.Index(fields=["company", "seen_at"], name="visit_seen")]

    def __str__(self) -> str:
        return f"visita {self.pk}"


class Tally(CompanyOwned):
    """So many of something on a day. Rows of the same day, branch and thing add up: see `tallies`."""

    day = models.DateField()
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    what = models.CharField(max_length=8)
    count = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "tallies"
        indexes = [models.Index(fields=["company", "day"], name="tally_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.what} {self.count}"


class AwaitedSale(CompanyOwned):
    """Somebody asked for the invoice of a note that has not come yet: his data wait for a sale with that code and that total.
    Settled once; then nothing of his stays here."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", "Espera la venta"
        CLAIMED = "claimed", "Se facturó"
        DIFFERS = "differs", "La venta llegó con otro total"
        TAKEN = "taken", "Otra persona la pidió antes"
        CLOSED = "closed", "El portal no la puede facturar"
        LAPSED = "lapsed", "La venta no llegó"
        REFUSED = "refused", "El SAT no aceptó los datos"

    code = models.CharField(max_length=12)
    total_cents = models.BigIntegerField()
    receptor = models.JSONField(default=dict, help_text="fiscal.receptor.Receptor, until it is settled")
    correo = models.CharField(max_length=254, blank=True, help_text="in lower case, until it is settled")
    asked_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    settled_at = models.DateTimeField(null=True)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "code", "correo"], condition=Q(outcome="waiting"), name="one_wait_a_code_and_mail"
            ),
            models.CheckConstraint(
                condition=Q(outcome="waiting", settled_at__isnull=True)
                | Q(~Q(outcome="waiting"), settled_at__isnull=False, receptor={}, correo=""),
                name="nothing_kept_of_a_settled_wait",
            ),
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, outcome__in=("claimed", "refused"))
                | Q(invoice__isnull=True, outcome__in=("waiting", "differs", "taken", "closed", "lapsed")),
                name="wait_invoiced_if_claimed",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "lapses_at"], condition=Q(outcome="waiting"), name="awaited_waiting"),
            models.Index(fields=["company", "settled_at"], condition=Q(outcome="claimed"), name="awaited_claimed"),
        ]

    def __str__(self) -> str:
        return f"espera {self.pk}"


class PurchasesLink(CompanyOwned):
    """What a mailed link opens: the list of the invoices that were mailed to that same address, for a day. Its seed alone
    opens nothing."""

    key = models.CharField(max_length=120, help_text="of the mail that carries it")
    correo = models.CharField(max_length=254)
    seed = models.CharField(max_length=64)
    token_digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="purchases_link_key"),
            models.UniqueConstraint(fields=["company", "token_digest"], name="purchases_link_token"),
        ]

    def __str__(self) -> str:
        return f"enlace {self.pk}"


class ExpiryReminder(CompanyOwned):
    """Somebody stopped at his note and left a mail to be told once before its time is over. Settled, it keeps no mail."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", db_index=False)
    correo = models.CharField(max_length=254, blank=True, help_text="in lower case, until it is settled")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "ticket", "correo"],
                condition=Q(settled_at__isnull=True),
                name="one_reminder_a_note_and_mail",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(correo=""), name="no_mail_kept_of_a_reminder"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "due_at"], condition=Q(settled_at__isnull=True), name="reminder_due")
        ]

    def __str__(self) -> str:
        return f"recordatorio {self.pk}"
