"""Procrastinate's own lines to the database, made to cost little while nobody wants anything."""

from typing import Any

from procrastinate import PsycopgConnector
from procrastinate.contrib.django.utils import connector_params
from psycopg import AsyncConnection
from psycopg.abc import RV, PQGen
from psycopg_pool import AsyncConnectionPool


class Patient(AsyncConnection[Any]):
    """psycopg looks up from every wait ten times a second so that Ctrl-C is heard. asyncio hears it anyway, and for three
    listeners that was most of what an idle worker used."""

    async def wait(self, gen: PQGen[RV], interval: float = 10.0, timeout: float | None = None) -> RV:  # noqa: ASYNC109
        return await super().wait(gen, interval, timeout)


def connector() -> PsycopgConnector:
    """Each of its queries is one statement, so each commits itself, prepared. A line is not tried before every query:
    a dead one ends the worker, and `amate serve` starts it again."""
    line = {**connector_params(), "prepare_threshold": 2}
    return PsycopgConnector(
        pool_factory=_pool, connection_class=Patient, kwargs=line, configure=_alone, min_size=2, max_size=4
    )


def _pool(**said: Any) -> AsyncConnectionPool[Any]:
    del said["check"]
    return AsyncConnectionPool(**said)


async def _alone(line: AsyncConnection[Any]) -> None:
    await line.set_autocommit(True)
