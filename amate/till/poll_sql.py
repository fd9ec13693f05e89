"""`amate poll-sql`: sales that a till keeps in a database become notes, without touching the till.

It asks the database a query of yours, to read and nothing else, and sends what it finds by the REST API: only outward, from
anywhere that sees both. How far it came lies in a file; killed at any moment it goes on there, and what it sends twice is the
same note.
"""

import argparse
import json
import os
import sys
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from amate.till.api import Answer, Api, Away
from amate.till.conformance import add_key, take_key
from amate.till.sales_table import BadTable, Found, Reading, rows_of, sales_in

KEYS = {
    "url",
    "database",
    "query",
    "source",
    "first_cursor",
    "zone",
    "every",
    "overlap",
    "prices_include_taxes",
    "defaults",
    "formas",
}
LATER = (401, 403, 429)  # nothing is wrong with the sale: it waits with all that come after it


@dataclass
class Poll:
    """`folder` holds how far it came (`cursor.json`), what notes came of it (`notes.jsonl`) and what a person must mend
    (`rejected.jsonl`). `overlap`: seconds that are read again, for a sale with a lower number may be committed later."""

    api: Api
    folder: Path
    database: str
    query: str
    source: str
    reading: Reading
    first_cursor: Any = 0
    overlap: float = 120
    _sent: dict[str, bytes] = field(default_factory=dict)

    def look(self, *, now: datetime) -> int:
        """Send what came since; answers how many sales. Raises Away and BadTable: then it goes on from there."""
        points, count, seen = self._points(), 0, set()
        with rows_of(self.database, self.query, cursor=self._from(points, now)) as rows:
            for found in sales_in(rows, self.reading):
                count += self._send(found, now=now)
                seen.add(found.external_id)
                if not points or points[-1][1] != found.cursor:
                    earlier = [one for one in points if one[0] != now.timestamp()]
                    points = self._keep([*earlier, [now.timestamp(), found.cursor]], now)
        # What lies before the overlap never comes again.
        self._sent = {key: digest for key, digest in self._sent.items() if key in seen}
        return count

    def begin_at(self, cursor: Any, *, now: datetime) -> None:
        """From there again, whatever was sent before."""
        self._sent.clear()
        self._keep([[now.timestamp() - self.overlap, cursor]], now)

    def _send(self, found: Found, *, now: datetime) -> int:
        said = json.dumps([found.sale, found.wrong], sort_keys=True).encode()
        digest = sha256(said).digest()
        if self._sent.get(found.external_id) == digest:
            return 0
        if found.wrong:
            self._write("rejected.jsonl", found, now, detail=found.wrong)
        else:
            self._told(found, self._call(found), now=now)
        self._sent[found.external_id] = digest
        return 1

    def _call(self, found: Found) -> Answer:
        path = f"/tickets/{quote(self.source, safe='')}/{quote(found.external_id, safe='')}"
        answer = self.api.call("DELETE", path) if found.sale is None else self.api.call("PUT", path, found.sale)
        if answer.status in LATER or answer.status >= 500:
            raise Away(
                f"Contestó {answer.status}: {answer.body.get('title', '')} {answer.body.get('detail', '')}".strip()
            )
        return answer

    def _told(self, found: Found, answer: Answer, *, now: datetime) -> None:
        if answer.status < 300:
            note = {name: answer.body[name] for name in ("code", "state", "deadline_text", "qr_url")}
            self._write("notes.jsonl", found, now, **note)
        elif found.sale is not None or answer.status != 404:  # what was cancelled before it was sent never was a note
            facts = {
                name: answer.body[name] for name in ("detail", "errors", "said", "computed") if name in answer.body
            }
            self._write("rejected.jsonl", found, now, status=answer.status, title=answer.body.get("title", ""), **facts)

    def _write(self, name: str, found: Found, now: datetime, **facts: Any) -> None:
        said = {"external_id": found.external_id, "cursor": found.cursor, "at": now.isoformat(), **facts}
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(said, ensure_ascii=False, default=str) + "\n")

    # ------------------------------------------------------------ how far

    def _points(self) -> list[list[Any]]:
        """[when, cursor], the oldest first."""
        try:
            found: list[list[Any]] = json.loads((self.folder / "cursor.json").read_text())
        except FileNotFoundError:
            return []
        except ValueError as fault:
            raise BadTable(f"{self.folder / 'cursor.json'} no se entiende: empieza de nuevo con --from") from fault
        return found

    def _from(self, points: list[list[Any]], now: datetime) -> Any:
        """The farthest that was reached before the overlap began; what `_keep` keeps."""
        old = [cursor for when, cursor in points if when <= now.timestamp() - self.overlap]
        return old[-1] if old else self.first_cursor

    def _keep(self, points: list[list[Any]], now: datetime) -> list[list[Any]]:
        since = now.timestamp() - self.overlap
        old = [one for one in points if one[0] <= since]
        points = [*old[-1:], *(one for one in points if one[0] > since)]
        partial = self.folder / ".cursor.json.partial"
        with partial.open("w") as file:
            json.dump(points, file, default=str)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.folder / "cursor.json")
        return points


def main(argv: Sequence[str]) -> int:
    """Until it is ended; with --once, 0: all that was there is sent, 1: it could not be."""
    said = _arguments(argv)
    try:
        config = _config(said.config)
    except BadTable as bad:
        print(f"{said.config}: {bad}", file=sys.stderr)
        return 1
    every = float(config.pop("every", 15))
    with Api(config.pop("url"), said.key) as api:
        poll = Poll(api, said.config.parent, **config)
        if said.from_cursor is not None:
            poll.begin_at(said.from_cursor, now=datetime.now(UTC))
        while True:
            well = _look(poll)
            if said.once:
                return 0 if well else 1
            time.sleep(every)


def _look(poll: Poll) -> bool:
    try:
        count = poll.look(now=datetime.now(UTC))
    except (Away, BadTable) as fault:
        print(f"{fault}. Se vuelve a intentar.", file=sys.stderr, flush=True)
        return False
    if count:
        print(f"{count} ventas enviadas.", flush=True)
    return True


def _config(path: Path) -> dict[str, Any]:
    """What the file says, as `Poll` takes it, with `url` and `every`. Raises BadTable."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise BadTable(str(fault)) from fault
    if strange := sorted(set(said) - KEYS):
        raise BadTable(f"No conocemos: {', '.join(strange)}")
    if lacks := [name for name in ("url", "database", "query", "source") if not said.get(name)]:
        raise BadTable(f"Falta decir: {', '.join(lacks)}")
    try:
        zone = ZoneInfo(said.pop("zone", "America/Mexico_City"))
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise BadTable("zone no es una zona, como America/Mexico_City") from fault
    reading = Reading(
        zone,
        defaults={name: str(value) for name, value in said.pop("defaults", {}).items()},
        formas={name: str(value) for name, value in said.pop("formas", {}).items()},
        prices_include_taxes=bool(said.pop("prices_include_taxes", True)),
    )
    return {**said, "reading": reading}


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="amate poll-sql", description=__doc__)
    parser.add_argument("config", type=Path, help="un .toml; junto a él se guarda hasta dónde llegó")
    add_key(parser)
    parser.add_argument("--once", action="store_true", help="una vez y termina, para un cron")
    parser.add_argument("--from", dest="from_cursor", metavar="CURSOR", help="empieza otra vez después de este valor")
    return take_key(parser, parser.parse_args(argv))
