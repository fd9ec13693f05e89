"""A statement of a bank arrives: it is read and looked through, and nothing is booked before somebody says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from amate.adapters.bank import BadRow, BankRow, NotAStatement, UnknownLayout
from amate.adapters.bank import BankFile as Statement
from amate.adapters.bank.mapping import Named, layout_of
from amate.adapters.bank.read import read_bank_file
from amate.audit.record import record
from amate.billing_cycle.reconciliation.bank_accounts import keep_mapping, layout_for
from amate.billing_cycle.reconciliation.book_lines import decide, line_of
from amate.billing_cycle.reconciliation.known import deposit_of, known_of, ours, signs_of
from amate.billing_cycle.reconciliation.match import Sign
from amate.billing_cycle.reconciliation.models import BankAccount, BankFile, BankLine
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.tenancy.writes import insert

State = BankFile.State
AT_ONCE = 100  # lines of one transaction
MOST_SHOWN = 2_000  # of which a look says whose they may be


@dataclass(frozen=True, slots=True)
class Look:
    """What booking a file would do now. `known`: deposits that a file had before; `signs`: of each fresh one that was looked
    at, whose it is, if that is sure."""

    statement: Statement
    known: int
    fresh: tuple[BankRow, ...]
    signs: tuple[Sign | None, ...]

    @property
    def total(self) -> Decimal:
        return sum((one.amount for one in self.fresh), Decimal("0.00"))

    @property
    def sure(self) -> int:
        return sum(one is not None for one in self.signs)

    @property
    def unsure(self) -> int:
        return len(self.fresh) - self.sure

    @property
    def bad(self) -> tuple[BadRow, ...]:
        return self.statement.bad


def take_bank_file(*, account: BankAccount, name: str, content: bytes, by: str, now: datetime) -> BankFile:
    """Keep what can be read, and a table whose columns nobody named yet. `content` is no workbook: an edge made CSV of it.
    Raises `adapters.bank.NotAStatement`; then nothing was kept."""
    state, statement = State.READ, None
    try:
        statement = read_bank_file(content, layout=layout_for(account))
    except UnknownLayout:
        state = State.ASKING
    file = BankFile(
        account=account,
        name=name[-200:] or "archivo",
        sha256=sha256(content).hexdigest(),
        content=content,
        state=state,
        deposits=len(statement.deposits) if statement else 0,
        bad=len(statement.bad) if statement else 0,
        by=by[:254],
        read_at=now,
    )
    insert(file)
    record("bank_file.read", about=f"bank_file:{file.pk}", now=now, file=file.name, deposits=file.deposits)
    return file


def name_columns(*, file_id: int, named: Named, now: datetime) -> BankFile:
    """What its columns are, for it and for the account's files to come. Raises `adapters.bank.mapping.BadMapping`,
    NotAStatement for columns that the file does not have or that tell no movement, `tenancy.models.IllegalMove`; then nothing was written."""
    file = BankFile.locked(file_id)
    statement = read_bank_file(bytes(file.content or b""), layout=layout_of(named, code="own", name=file.account.name))
    if not statement.rows:
        raise NotAStatement("Con esas columnas no se lee ningún movimiento: revisa cuál es la fecha y cómo se escribe.")
    file.move_to(State.READ, deposits=len(statement.deposits), bad=len(statement.bad))
    keep_mapping(account=file.account, named=named, now=now)
    return file


def look_through(file: BankFile) -> Look:
    """A dry run. Raises as `read_bank_file`, if its account is read otherwise since."""
    statement = statement_of(file)
    keys = [row.key for row in statement.deposits]
    rows = BankLine.objects.filter(account_id=file.account_id, row_key__in=keys).exclude(state=BankLine.State.UNDONE)
    known = set(rows.values_list("row_key", flat=True))
    fresh = tuple(row for row in statement.deposits if row.key not in known)
    return Look(statement, len(statement.deposits) - len(fresh), fresh, _signs(file.account, fresh[:MOST_SHOWN]))


def ask_booking(*, file_id: int, now: datetime) -> BankFile:
    """Somebody saw it and wants it booked: the worker owes it; one that brings nothing new is booked with that. Raises
    `tenancy.models.IllegalMove`."""
    file = BankFile.locked(file_id)
    known = file.state == State.READ and not look_through(file).fresh
    file.move_to(State.BOOKING, done=0)
    record("bank_file.booking_asked", about=f"bank_file:{file.pk}", now=now, file=file.name)
    if known:
        end_booking(file_id=file.pk, now=now)
        file.refresh_from_db()
        return file
    promise("book_bank_file", key=f"book_bank_file:{file.pk}", now=now, priority=SOMEBODY_WAITS, file_id=file.pk)
    return file


def drop_bank_file(*, file_id: int, now: datetime) -> BankFile:
    """It is not booked. Raises `tenancy.models.IllegalMove`."""
    file = BankFile.locked(file_id)
    file.move_to(State.DROPPED, content=None, settled_at=now)
    record("bank_file.dropped", about=f"bank_file:{file.pk}", now=now, file=file.name)
    return file


def rows_to_book(*, file_id: int) -> list[BankRow]:
    """Its deposits, if it waits to be booked; read once for all of its batches."""
    file = BankFile.objects.select_related("account").filter(pk=file_id, state=State.BOOKING).first()
    return [] if file is None else list(statement_of(file).deposits)


def end_booking(*, file_id: int, now: datetime) -> None:
    """All of its lines were looked at; its bytes are needed no more."""
    file = BankFile.locked(file_id)
    if file.state != State.BOOKING:
        return
    file.move_to(State.BOOKED, content=None, settled_at=now)
    matched = BankLine.objects.filter(file=file, state=BankLine.State.MATCHED).count()
    record("bank_file.booked", about=f"bank_file:{file.pk}", now=now, file=file.name, fresh=file.fresh, matched=matched)


def statement_of(file: BankFile) -> Statement:
    return read_bank_file(bytes(file.content or b""), layout=layout_for(file.account))


def _signs(account: BankAccount, rows: Sequence[BankRow]) -> tuple[Sign | None, ...]:
    if not rows:
        return ()
    own = ours()
    deposits = [deposit_of(line_of(row, account_id=account.pk, file_id=0), own) for row in rows]
    return tuple(decide(deposits, known_of(deposits, signs_of(deposits, account), account)))
