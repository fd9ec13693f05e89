"""Bank files as plain rows (OUTSIDE BANK): bytes in, `BankRow` out. Pure: no clock, no files, no network."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MOST_BYTES = 20_000_000
MOST_ROWS = 100_000
LONGEST = 1_000  # letters of one text; a bank's are shorter than 400


class NotAStatement(ValueError):
    """The file as a whole cannot be read. The message is for people (es-MX) and says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UnknownLayout(NotAStatement):
    """A table, and none of the banks we know: its columns are to be named by hand. `head`: its first lines, as cells."""

    def __init__(self, head: tuple[tuple[str, ...], ...]) -> None:
        super().__init__("No reconocemos este formato: di qué hay en cada columna y lo recordamos para esta cuenta.")
        self.head = head


@dataclass(frozen=True, slots=True)
class BankRow:
    """One movement. `amount`: pesos, a deposit positive, a withdrawal negative. `text`: all that the bank says of it, in
    one line. `origin_rfc` and `origin_account` are read from the text, empty unless exactly one is there. `key` is the
    same in every export that holds the row (BANK-3)."""

    line: int
    day: date
    amount: Decimal
    text: str
    reference: str
    balance: Decimal | None
    origin_rfc: str
    origin_account: str
    key: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that looks like a movement and cannot be read. `why` is for people."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class BankFile:
    """`layout`: the code of what it was read as. `account`: as the file names it, empty if it does not."""

    layout: str
    account: str
    rows: tuple[BankRow, ...]
    bad: tuple[BadRow, ...]

    @property
    def deposits(self) -> tuple[BankRow, ...]:
        return tuple(row for row in self.rows if row.amount > 0)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in a bank's table (BANK-2). Columns are named as their header says, folded by
    `text.fold`: several names where banks spell it several ways, the first that the file has. A file without a header
    names its columns by position, `#1` the first.

    Money is `deposit` and `withdrawal`, or `amount` and, where the sign stands apart, `sign` and the words of a deposit.
    """

    code: str
    name: str
    header: frozenset[str]
    day: tuple[str, ...]
    day_formats: tuple[str, ...]
    texts: tuple[str, ...]
    deposit: tuple[str, ...] = ()
    withdrawal: tuple[str, ...] = ()
    amount: tuple[str, ...] = ()
    sign: tuple[str, ...] = ()
    deposit_words: frozenset[str] = frozenset()
    withdrawal_words: frozenset[str] = frozenset()
    references: tuple[str, ...] = ()
    reference_after: str = ""  # where the reference stands at the end of the text, behind this
    balance: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
