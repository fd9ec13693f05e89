"""What figures are given in: `sig`, CPU of one signature, and F, CPU of one small committed transaction (DECISIONS F)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from statistics import median
from typing import Any

import psycopg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

BATCH_SIG = 20
BATCH_F = 200

TABLE = "CREATE TABLE IF NOT EXISTS one_f (id bigserial PRIMARY KEY, name text, amount bigint, at timestamptz)"
# Three texts, so three prepared statements.
INSERTS = tuple(f"INSERT INTO one_f (id, name, amount, at) VALUES (DEFAULT, %s, %s, now()) -- {n}" for n in (1, 2, 3))
HOW_IT_COMMITS = "SELECT current_setting('fsync'), current_setting('synchronous_commit')"


def cpu_of(pid: int) -> float:
    """CPU seconds that a process has used so far, all its threads, to the nanosecond (Linux's clock of a process)."""
    return time.clock_gettime((~pid << 3) | 2)


@dataclass
class Units:
    """Take a `batch` between the batches of what is measured; each unit is the median of its batches."""

    line: psycopg.Connection
    sigs: list[float] = field(default_factory=list)
    fs: list[float] = field(default_factory=list)

    def batch(self) -> None:
        self.sigs.append(_cpu(_sign, BATCH_SIG))
        backend = self.line.info.backend_pid
        before = cpu_of(backend)
        client = _cpu(self._transaction, BATCH_F)
        self.fs.append(client + (cpu_of(backend) - before) / BATCH_F)

    @property
    def sig(self) -> float:
        """CPU seconds."""
        return median(self.sigs)

    @property
    def f(self) -> float:
        """CPU seconds of the client and of its backend."""
        return median(self.fs)

    def row(
        self, name: str, value: float, unit: str, n: int, *, bar: float | None = None, floor: float | None = None
    ) -> dict[str, Any]:
        """A figure of a benchmark that measured its own units."""
        return {
            "name": name, "value": round(value, 4), "unit": unit, "n": n, "bar": bar, "floor": floor,
            "sig_us": round(self.sig * 1e6), "f_us": round(self.f * 1e6),
        }  # fmt: skip

    def _transaction(self) -> None:
        with self.line.transaction():
            for number, insert in enumerate(INSERTS):
                self.line.execute(insert, ["a row of one F", number], prepare=True)


@contextmanager
def open_units(url: str) -> Iterator[Units]:
    """`url` is a database of the server that is measured, and whose role may make a table there."""
    with psycopg.connect(url, autocommit=True) as line:
        commits = line.execute(HOW_IT_COMMITS).fetchone()
        if commits != ("on", "on"):
            raise RuntimeError(f"F is defined with fsync and synchronous_commit on; this server has {commits}")
        line.execute(TABLE)
        units = Units(line)
        units.batch()  # the first one prepares and warms
        units.sigs.clear()
        units.fs.clear()
        yield units


def _cpu(act: Callable[[], object], times: int) -> float:
    """CPU seconds of this process for one of so many."""
    start = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - start) / times


def _sign() -> None:
    _key().sign(b"x" * 900, padding.PKCS1v15(), hashes.SHA256())


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
