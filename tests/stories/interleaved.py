"""Acts that run at the same time in an order drawn from a seed.

Each act has a thread and a line to PostgreSQL of its own, and stands still at every seam: before each statement, before and
after the end of each transaction, before each outside call. One goes on at a time; whichever waits for another's lock is
seen by asking PostgreSQL, so the locks are the real ones and the same seed makes the same order again.
"""

import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Any

import psycopg
from django.db import connection, connections

PATIENCE = 30.0
LOOKS_AFTER = 0.003  # seconds that a statement may take before PostgreSQL is asked whether it waits
# How likely one goes on at a seam: from a turn a statement to long stretches with few changes, which meet other faults.
STAYS = (0.0, 0.5, 0.8, 0.95)
_TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+"?(\w+)', re.IGNORECASE)
_here = threading.local()


class Stuck(AssertionError):
    """Somebody goes neither on nor back."""


@dataclass(eq=False)
class Actor:
    name: str
    pid: int = 0
    thread: int = 0
    stands_at: str | None = None
    idle: bool = False
    done: bool = False
    answer: Any = None

    def where(self) -> str:
        frame = sys._current_frames().get(self.thread)
        return f"{self.name} is at:\n{''.join(traceback.format_stack(frame)[-12:])}"


class Hands:
    """Threads that keep their lines from one schedule to the next. Each has one beside it for the steps of jobs: where an
    event loop runs, Django lets nobody ask the database."""

    def __init__(self, size: int) -> None:
        self._threads = [ThreadPoolExecutor(1) for _ in range(size)]
        self._beside = [ThreadPoolExecutor(1) for _ in range(size)]
        for one, beside in zip(self._threads, self._beside, strict=True):
            one.submit(_watch_the_line, beside).result()
            beside.submit(_watch_the_line).result()

    def __getitem__(self, place: int) -> ThreadPoolExecutor:
        return self._threads[place]

    def go_home(self) -> None:
        for one in (*self._threads, *self._beside):
            one.submit(connections.close_all).result()
            one.shutdown()


class Beside(Executor):
    """In the place of the pool of `promises.step`: a step is taken for whoever awaits it, and stops at his seams."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        actor, schedule = getattr(_here, "actor", None), getattr(_here, "schedule", None)

        def taken() -> Any:
            _here.actor, _here.schedule = actor, schedule
            try:
                return fn(*args, **kwargs)
            finally:
                _here.actor = None

        beside: ThreadPoolExecutor = _here.beside
        return beside.submit(taken)


class Schedule:
    """One seed. `trace`: who went on, and with what. `waits`: how often one stood before another's lock."""

    def __init__(self, *, seed: int, hands: Hands, looks: "psycopg.Connection[Any]") -> None:
        self.rng = Random(f"order {seed}")
        self.trace: list[str] = []
        self.waits = self.deadlocks = self.turns = 0
        self._stay = self.rng.choice(STAYS)
        self._hands, self._looks = hands, looks
        self._actors: list[Actor] = []
        self._current: Actor | None = None
        self._blocked: set[Actor] = set()
        self._unsettled = self._over = False
        self._changed = threading.Condition()

    @property
    def name(self) -> str:
        """Two of one name went the same way, statement by statement."""
        return sha256("\n".join(self.trace).encode()).hexdigest()

    def run(self, acts: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
        """What each act returned or raised."""
        self._actors = [Actor(name) for name in acts]
        running = [
            self._hands[place].submit(self._live, actor, acts[actor.name]) for place, actor in enumerate(self._actors)
        ]
        try:
            self._conduct()
        finally:
            with self._changed:  # whatever went wrong, nobody is left standing
                self._over = True
                self._changed.notify_all()
            for one in running:
                one.result(PATIENCE)
        return {actor.name: actor.answer for actor in self._actors}

    def all_others_done(self, but: str) -> bool:
        """Whether nobody acts any more whose name does not begin so."""
        return all(actor.done for actor in self._actors if not actor.name.startswith(but))

    # ------------------------------------------------------------ in the threads

    def _live(self, actor: Actor, act: Callable[[], Any]) -> None:
        _here.actor, _here.schedule = actor, self
        try:
            self.stop(actor, "begins")
            actor.answer = act()
        except Exception as fault:  # noqa: BLE001 whoever ran the schedule looks at it
            actor.answer = fault
        finally:
            _here.actor = None
            with self._changed:
                actor.done = True
                self._changed.notify_all()

    def stop(self, actor: Actor, label: str, *, idle: bool = False) -> None:
        with self._changed:
            if self._over:
                return
            alone = self._current is actor and not self._blocked and not self._unsettled
            if alone and not idle and self.rng.random() < self._stay:
                self.trace.append(f"{actor.name} {label}")
                return
            actor.stands_at, actor.idle = label, idle
            self._changed.notify_all()
            while actor.stands_at is not None and not self._over:
                self._changed.wait()

    def lets_go(self) -> None:
        """A transaction ended: whoever waited for its locks may go on by itself."""
        with self._changed:
            if self._blocked:
                self._blocked.clear()
                self._unsettled = True

    # ------------------------------------------------------------ the conductor

    def _conduct(self) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            self._settle(until)
            with self._changed:
                ready = [one for one in self._actors if one.stands_at is not None]
                if not ready:
                    if all(one.done for one in self._actors):
                        return
                    self.deadlocks += 1
                    self._blocked.clear()
                    self._changed.wait_for(self._somebody_moves, timeout=5)  # PostgreSQL ends one of them
                    continue
                others = [one for one in ready if not (one.idle and one is self._current)]
                chosen = self.rng.choice(others or ready)
                self.turns += chosen is not self._current
                self.trace.append(f"{chosen.name} {chosen.stands_at}")
                self._current, chosen.stands_at = chosen, None
                self._changed.notify_all()

    def _somebody_moves(self) -> bool:
        return any(one.stands_at is not None for one in self._actors)

    def _settle(self, until: float) -> None:
        """Until everybody stands at a seam, waits for a lock, or is done."""
        seen: set[Actor] = set()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: not self._on_the_way(), timeout=LOOKS_AFTER)
                moving = set(self._on_the_way())
                if not moving:
                    self._unsettled = False
                    return
            if time.monotonic() > until:
                raise Stuck("\n".join([*self.trace[-9:], *(one.where() for one in moving)]))
            waiting = self._waiting(moving)
            if waiting == moving == seen:  # seen twice: between two looks nobody else could have let go
                with self._changed:
                    if set(self._on_the_way()) == moving:
                        self._blocked |= moving
                        self.waits += len(moving)
            seen = waiting

    def _on_the_way(self) -> list[Actor]:
        return [one for one in self._actors if not one.done and one.stands_at is None and one not in self._blocked]

    def _waiting(self, actors: set[Actor]) -> set[Actor]:
        asked = [one.pid for one in actors if one.pid]
        rows = self._looks.execute(
            "SELECT pid FROM unnest(%s::int[]) pid WHERE cardinality(pg_blocking_pids(pid)) > 0", [asked]
        ).fetchall()
        there = {pid for (pid,) in rows}
        return {one for one in actors if one.pid in there}


# ------------------------------------------------------------ the seams


def seam(label: str, *, idle: bool = False) -> None:
    """Another may go on here. `idle`: there is nothing to do now, so another does if there is one."""
    if (actor := getattr(_here, "actor", None)) is not None:
        _here.schedule.stop(actor, label, idle=idle)


def _watch_the_line(beside: ThreadPoolExecutor | None = None) -> None:
    _here.beside = beside
    connection.ensure_connection()
    connection.execute_wrappers.append(_statement)
    connection._commit = _ending("COMMIT", connection._commit)
    connection._rollback = _ending("ROLLBACK", connection._rollback)


def _statement(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
    verb = sql.split(None, 1)[0].upper()
    if verb in ("SAVEPOINT", "RELEASE"):
        return execute(sql, params, many, context)
    if verb == "ROLLBACK":  # to a savepoint: what was locked since is free
        try:
            return execute(sql, params, many, context)
        finally:
            _lets_go()
    if (actor := getattr(_here, "actor", None)) is not None:
        actor.pid, actor.thread = connection.connection.info.backend_pid, threading.get_ident()
    table = _TABLE.search(sql)
    locks = " FOR" if re.search(r"\bFOR (?:NO KEY )?UPDATE\b", sql) else ""
    seam(f"{verb} {table.group(1) if table else ''}{locks}")
    return execute(sql, params, many, context)


def _ending(label: str, end: Callable[[], None]) -> Callable[[], None]:
    def ended() -> None:
        seam(label)
        try:
            end()
        finally:
            _lets_go()
        seam(f"after {label}")

    return ended


def _lets_go() -> None:
    if getattr(_here, "actor", None) is not None:
        _here.schedule.lets_go()
