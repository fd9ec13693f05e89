"""A text of a bank becomes cells, and a layout says which rows of it are movements."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from amate.adapters.bank import MOST_ROWS, BadRow, BankFile, Layout, NotAStatement, UnknownLayout
from amate.adapters.bank.keys import Facts, keyed
from amate.adapters.bank.layouts import LAYOUTS
from amate.adapters.bank.text import fold, read_amount, read_day, tidy

HEAD = 40  # lines in which a header is looked for
SEPARATORS = (",", "\t", ";", "|")

Line = tuple[int, list[str], bool]  # its number, its cells, and whether they can be believed


@dataclass(frozen=True, slots=True)
class Found:
    """A layout, where its rows begin and which column each name has."""

    layout: Layout
    separator: str
    after: int
    columns: dict[str, int]


def read_table(text: str, *, layout: Layout | None) -> BankFile:
    """`layout` None: one of those we know. Raises UnknownLayout, NotAStatement."""
    found = find(text, layouts=LAYOUTS if layout is None else (layout,))
    if found is None:
        raise UnknownLayout(head(text))
    rows: list[Facts] = []
    bad: list[BadRow] = []
    account = ""
    for number, cells, sound in _lines(text, found.separator):
        if number <= found.after or not any(cells):
            continue
        if not sound:
            bad.append(BadRow(number, "tiene una comilla sin cerrar: corrígela en el archivo y súbelo otra vez"))
            continue
        row = _Row(found, cells)
        account = account or row.first(found.layout.account)
        try:
            facts = row.facts()
        except ValueError as wrong:
            bad.append(BadRow(number, str(wrong)))
            continue
        if facts is not None:
            rows.append((number, *facts))
    return BankFile(found.layout.code, account, tuple(keyed(rows)), tuple(bad))


def find(text: str, *, layouts: Sequence[Layout]) -> Found | None:
    """The layout with the most names in one of the first lines; of one without a header, the first that fits."""
    best: Found | None = None
    for separator in SEPARATORS:
        for number, cells, _ in _head(text, separator):
            for layout in layouts:
                found = _fits(layout, separator, number, cells)
                if found is not None and (best is None or len(layout.header) > len(best.layout.header)):
                    best = found
    return best


def head(text: str) -> tuple[tuple[str, ...], ...]:
    """Its first lines as cells, for a person to name the columns; parted by what parts them most."""
    tables = [tuple(tuple(cells) for _, cells, _ in _head(text, one)) for one in SEPARATORS]
    return max(tables, key=lambda lines: sum(len(cells) for cells in lines))


class _Row:
    """The cells of one line by the names of its layout."""

    def __init__(self, found: Found, cells: list[str]) -> None:
        self._layout = found.layout
        self._columns = found.columns
        self._cells = cells

    def first(self, names: tuple[str, ...]) -> str:
        """Of the first name that the file has."""
        for name in names:
            place = self._columns.get(name)
            if place is not None:
                return self._cells[place] if place < len(self._cells) else ""
        return ""

    def facts(self) -> tuple[date, Decimal, str, str, Decimal | None] | None:
        """None for what is no movement: a line without money or without a date, such as a total. Raises ValueError."""
        layout = self._layout
        said = self.first(layout.day)
        if not said:
            if not self._sums_up() and self._amount() is not None:
                raise ValueError("tiene importe y no tiene fecha; si es un total, déjalo así")
            return None
        try:
            day = read_day(said, layout.day_formats)
        except ValueError:
            if not any(letter.isdigit() for letter in said):
                return None  # words in the place of a date: a note or a total
            raise
        amount = self._amount()
        if amount is None:
            return None
        text = " ".join(filter(None, (self.first((name,)) for name in layout.texts)))
        return day, amount, text, self._reference(text), read_amount(self.first(layout.balance))

    def _sums_up(self) -> bool:
        return any(fold(self.first((name,))).startswith(("total", "subtotal", "saldo")) for name in self._layout.texts)

    def _amount(self) -> Decimal | None:
        layout = self._layout
        if not layout.amount:
            deposit, withdrawal = read_amount(self.first(layout.deposit)), read_amount(self.first(layout.withdrawal))
            if deposit and withdrawal:
                raise ValueError("dice depósito y retiro a la vez")
            # Some write withdrawals with their sign; a deposit below zero is one taken back.
            total = (deposit or Decimal(0)) - abs(withdrawal or Decimal(0))
            return total or None
        amount = read_amount(self.first(layout.amount))
        if amount is None or not layout.sign:
            return amount or None
        word = fold(self.first(layout.sign))
        if word in layout.deposit_words:
            return abs(amount) or None
        if word in layout.withdrawal_words:
            return -abs(amount) or None
        raise ValueError(f"“{word[:20]}” no dice si es depósito o retiro")

    def _reference(self, text: str) -> str:
        layout = self._layout
        if layout.reference_after and layout.reference_after in text:
            said = text.rpartition(layout.reference_after)[2].strip()
        else:
            said = " ".join(filter(None, (self.first((name,)) for name in layout.references)))
        return "" if said.upper() in ("NOTPROVIDED", "-", "0") else said


def _fits(layout: Layout, separator: str, number: int, cells: list[str]) -> Found | None:
    if layout.header:
        names = [fold(cell) for cell in cells]
        if not layout.header <= set(names):
            return None
        return Found(layout, separator, number, {name: place for place, name in reversed(list(enumerate(names)))})
    columns = {f"#{place + 1}": place for place in range(len(cells))}
    found = Found(layout, separator, number - 1, columns)
    try:
        return found if len(cells) >= 3 and _Row(found, cells).facts() is not None else None
    except ValueError:
        return None


def _head(text: str, separator: str) -> list[Line]:
    """Of the first lines only, however long the file is."""
    start = "\n".join(text[:200_000].splitlines()[:HEAD])
    return list(_lines(start, separator))


def _lines(text: str, separator: str) -> Iterator[Line]:
    """A row that a quotation mark stretches over several lines is not sound: it may have swallowed others, or moved money
    into another column. Raises NotAStatement."""
    # Between tabs nobody quotes: there a quotation mark is a letter.
    if separator == "\t":
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    while True:
        try:
            cells, sound = next(reader), True
        except StopIteration:
            return
        except csv.Error as broken:
            if "field larger" in str(broken):
                raise NotAStatement(f"El renglón {reader.line_num} no tiene fin: esto no es una tabla.") from broken
            cells, sound = ["…"], False
        if reader.line_num > MOST_ROWS:
            raise NotAStatement(f"El archivo pasa de {MOST_ROWS:,} renglones: descárgalo por periodos más cortos.")
        yield reader.line_num, [tidy(cell) for cell in cells], sound and reader.line_num - before == 1
        before = reader.line_num
