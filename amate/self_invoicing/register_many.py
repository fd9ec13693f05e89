"""Many sales come in at once: the same law as `register_ticket`, three statements for a whole chunk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import connection

from amate.companies.models import Branch
from amate.invoices.lines import lines_to_json
from amate.self_invoicing.after_restore import on_paper
from amate.self_invoicing.await_sale import owe_claims
from amate.self_invoicing.codes import new_code
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.register import digest_of, new_ticket, sold_day, window_on
from amate.self_invoicing.reserve import free_codes
from amate.self_invoicing.rules import Window
from amate.self_invoicing.sale import Sale


class Bulk:
    """Registering in chunks, inside one transaction and one source. It keeps the windows it has read."""

    def __init__(self, *, source: str, now: datetime) -> None:
        self._source = source
        self._now = now
        self._windows: dict[tuple[int, date], Window] = {}
        self._codes: set[str] = set()

    def look(self, sales: Sequence[tuple[Sale, Branch]]) -> "Seen":
        """What registering these would do, without writing: `ids` stays empty."""
        seen = self._compare(self._prepare(sales))
        self._check_codes(seen)
        return seen

    def register(self, sales: Sequence[tuple[Sale, Branch]]) -> "Seen":
        """Register the new ones. The totals must have been checked (`sale.check_total`); ids must not repeat."""
        seen = self._compare(self._prepare(sales))
        self._check_codes(seen)
        tickets = [self._ticket(one) for one in seen.new]
        found = _insert(tickets)
        late = [one for one in seen.new if one.sale.external_id not in found]
        if late:  # a till sent them a moment ago: the constraint decided, now they are known
            again = self._compare(late)
            if any(one.sale.code is None for one in again.new):
                raise RuntimeError("tickets were refused for another reason than their external id or code")
            seen.repeated += again.repeated
            seen.changed += again.changed
            seen.code_refused += again.new
            seen.new = [one for one in seen.new if one.sale.external_id in found]
        seen.ids = list(found.values())
        on_paper_already = {one.sale.external_id: one.sale.code for one in seen.new if one.sale.code is not None}
        owe_claims({code: found[name] for name, code in on_paper_already.items()}, now=self._now)
        return seen

    def _prepare(self, sales: Sequence[tuple[Sale, Branch]]) -> list["Prepared"]:
        prepared = []
        for place, (sale, branch) in enumerate(sales):
            if sale.source != self._source:
                raise ValueError("one source at a time")
            lines = lines_to_json(sale.lines)
            prepared.append(Prepared(place, sale, branch, lines, digest_of(sale, branch.code, lines)))
        return prepared

    def _compare(self, prepared: Sequence["Prepared"]) -> "Seen":
        known = _known(self._source, [one.sale.external_id for one in prepared])
        seen = Seen()
        for one in prepared:
            digest, code = known.get(one.sale.external_id, (None, ""))
            is_same = digest == one.digest and one.sale.code in (None, code)
            (seen.new if digest is None else seen.repeated if is_same else seen.changed).append(one)
        return seen

    def _check_codes(self, seen: "Seen") -> None:
        """As `register_ticket` does for one: a code that a till printed must be reserved for it, and of one sale only."""
        said = [one.sale.code for one in seen.new if one.sale.code is not None]
        if not said:
            return
        lost = on_paper([(one.sale.code, one.sale.sold_at) for one in seen.new if one.sale.code], now=self._now)
        free, new = (free_codes(said, source=self._source) | lost) - self._codes, []
        for one in seen.new:
            if one.sale.code is None:
                new.append(one)
            elif one.sale.code in free:
                free.discard(one.sale.code)
                self._codes.add(one.sale.code)
                new.append(one)
            else:
                seen.code_refused.append(one)
        seen.new = new

    def _ticket(self, one: "Prepared") -> Ticket:
        day = sold_day(one.sale, one.branch)
        window = self._windows.get((one.branch.pk, day))
        if window is None:
            window = self._windows[one.branch.pk, day] = window_on(one.branch, day)
        code = one.sale.code or new_code()
        return new_ticket(
            one.sale, one.branch, code=code, lines=one.lines, digest=one.digest, window=window, now=self._now
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """`place` is the one in the chunk."""

    place: int
    sale: Sale
    branch: Branch
    lines: list[dict[str, Any]]
    digest: bytes


@dataclass(slots=True)
class Seen:
    """`repeated` came before with the same content, `changed` with other content and are not registered; of
    `code_refused` the printed code is not reserved for this source, or of another note."""

    new: list[Prepared] = field(default_factory=list)
    repeated: list[Prepared] = field(default_factory=list)
    changed: list[Prepared] = field(default_factory=list)
    code_refused: list[Prepared] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)


def _known(source: str, external_ids: list[str]) -> dict[str, tuple[bytes, str]]:
    """{external_id: (digest, code)}"""
    with connection.cursor() as c:
        c.execute(
            "SELECT external_id, digest, code FROM self_invoicing_ticket WHERE source = %s AND external_id = ANY(%s)",
            [source, external_ids],
        )
        return {name: (bytes(digest), code) for name, digest, code in c.fetchall()}


def _insert(tickets: Iterable[Ticket]) -> dict[str, int]:
    """One statement. Answers {external_id: id} of those that were not there."""
    sql, fields = _statement()
    rows = list(tickets)
    if not rows:
        return {}
    columns = [[field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows] for field in fields]
    with connection.cursor() as c:
        c.execute(sql, columns)
        return dict(c.fetchall())


@cache
def _statement() -> tuple[str, list[Any]]:
    """From the model: a column that is added to tickets is written here too."""
    fields = [one for one in Ticket._meta.local_concrete_fields if not one.primary_key]
    names = ", ".join(f'"{one.column}"' for one in fields)
    arrays = ", ".join(f"%s::{one.db_type(connection)}[]" for one in fields)
    sql = (
        f"INSERT INTO self_invoicing_ticket ({names}) SELECT * FROM unnest({arrays}) "  # noqa: S608  our own columns
        "ON CONFLICT DO NOTHING RETURNING external_id, id"
    )
    return sql, fields
