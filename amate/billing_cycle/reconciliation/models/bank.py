"""Statements of the company's banks, and what was learned from them."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from amate.customers.models import Customer
from amate.ledger.accounts import BANCO
from amate.ledger.models import Payment
from amate.tenancy.models import CompanyOwned, Stateful


class BankAccount(CompanyOwned):
    """An account of the company, whose statements are read from files."""

    name = models.CharField(max_length=80)
    bank = models.CharField(max_length=20, help_text="code of its layout, or empty for one that was mapped by hand")
    mapping = models.JSONField(default=dict, help_text="of the wizard: which column is what")
    clabe = models.CharField(max_length=18, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="bank_account_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def ledger_account(self) -> str:
        """As the ledger names it, whatever people call it tomorrow."""
        return f"{BANCO}:{self.pk}"

    @property
    def source(self) -> str:
        """Whose word its payments are."""
        return f"bank:{self.pk}"


class BankFile(Stateful):
    """A statement as it came. Its bytes are kept until its lines are booked: what each became is told by the lines."""

    class State(models.TextChoices):
        ASKING = "asking", "Faltan columnas"
        READ = "read", "Leído, sin aplicar"
        BOOKING = "booking", "Aplicando"
        BOOKED = "booked", "Aplicado"
        UNDOING = "undoing", "Deshaciendo"
        UNDONE = "undone", "Deshecho"
        DROPPED = "dropped", "Descartado"

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.ASKING: frozenset({State.READ, State.DROPPED}),
        State.READ: frozenset({State.READ, State.BOOKING, State.DROPPED}),
        State.BOOKING: frozenset({State.BOOKED}),
        State.BOOKED: frozenset({State.UNDOING}),
        State.UNDOING: frozenset({State.UNDONE}),
        State.UNDONE: frozenset(),
        State.DROPPED: frozenset(),
    }
    WORKING: ClassVar = frozenset({State.BOOKING, State.UNDOING})

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="files", db_index=False)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(null=True, help_text="of a workbook, the CSV that it became")
    state = models.CharField(max_length=10, choices=State.choices, default=State.READ)
    deposits = models.IntegerField(default=0, help_text="lines of money that came in")
    bad = models.IntegerField(default=0, help_text="lines that could not be read")
    fresh = models.IntegerField(default=0, help_text="deposits that no file had before")
    done = models.IntegerField(default=0, help_text="deposits that were looked at so far")
    kept = models.IntegerField(default=0, help_text="of an undone file: deposits that could not be taken back")
    by = models.CharField(max_length=254)
    read_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="bank_file_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING


class BankLine(Stateful):
    """One deposit of a statement, once: its key says whether an overlapping file had it already (BANK-3). Of an undone file
    it is here no more, and may come again."""

    class State(models.TextChoices):
        MATCHED = "matched", "Aplicado"
        WAITING = "waiting", "Por identificar"
        LEFT = "left", "No es un cobro"
        UNDONE = "undone", "Deshecho"

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.WAITING: frozenset({State.MATCHED, State.LEFT, State.UNDONE}),
        State.MATCHED: frozenset({State.UNDONE}),
        State.LEFT: frozenset({State.WAITING, State.UNDONE}),
        State.UNDONE: frozenset(),
    }

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="lines", db_index=False)
    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="+", db_index=False)
    row_key = models.CharField(max_length=64)
    day = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    text = models.CharField(max_length=500)
    reference = models.CharField(max_length=120, blank=True, default="")
    origin = models.CharField(max_length=60, blank=True, default="", help_text="account or RFC of who paid, if told")
    state = models.CharField(max_length=10, choices=State.choices)
    by_rule = models.CharField(max_length=20, blank=True, default="", help_text="the rung of BANK-1 that placed it")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=300, blank=True, default="", help_text="what people said of it")
    settled_by = models.CharField(max_length=254, blank=True, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "account", "row_key"], condition=~Q(state="undone"), name="bank_line_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_line_is_deposit"),
            models.CheckConstraint(
                condition=~Q(state="matched") | Q(payment__isnull=False), name="bank_line_matched_has_payment"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-day", "-id"], name="bank_line_newest"),
            models.Index(fields=["company", "-day", "-id"], condition=Q(state="waiting"), name="bank_line_waiting"),
            models.Index(fields=["company", "file", "id"], name="bank_line_of_file"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.amount}"

    @property
    def provider_ref(self) -> str:
        """As the ledger names the payment that it is."""
        return str(self.pk)


class BankShare(CompanyOwned):
    """A further payment of a line that is several customers' money; the first one is the line's own."""

    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="shares", db_index=False)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["company", "line"], name="bank_share_of_line")]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.payment_id}"


class LearnedOrigin(CompanyOwned):
    """An account or RFC from which a customer pays, since a person confirmed it once."""

    origin = models.CharField(max_length=60)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.CharField(max_length=254)
    learned_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "origin", "customer"], condition=Q(forgotten_at__isnull=True), name="origin_once"
            )
        ]
        indexes = [
            models.Index(fields=["company", "origin"], condition=Q(forgotten_at__isnull=True), name="origin_live"),
        ]

    def __str__(self) -> str:
        return self.origin

    @classmethod
    def make_way(cls, *, kept_id: int, merged_id: int, now: datetime) -> None:
        """What both were known by is learned once (`customers.merge`)."""
        live = cls.objects.filter(forgotten_at__isnull=True)
        known = live.filter(customer_id=kept_id).values("origin")
        live.filter(customer_id=merged_id, origin__in=known).update(forgotten_at=now)
