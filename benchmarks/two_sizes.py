"""The same work for few and for many, each size in a process of its own, so that what grows shows."""

import json
import subprocess
import sys
from dataclasses import dataclass
from statistics import median_low
from typing import Any

from amate.running.postgres import embedded
from benchmarks.companies import own_companies
from benchmarks.scratch import url_of_f
from benchmarks.units import Units, open_units

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sizes:
    """What each size's process told in its round of the median; `whole` is what it is ordered by."""

    few: Told
    many: Told
    units: Units

    def growth(self, name: str = "whole") -> float:
        return float(self.many[name] / self.few[name])


class Counter:
    """How many statements go to PostgreSQL."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


def two_sizes(module: str, *, small: int, large: int, rounds: int) -> Sizes:
    """`python -m module COMPANY BRANCH COUNT NAME` does the work and prints, as the last line, JSON with `whole`: CPU seconds
    for one. Raises CalledProcessError if it fails."""
    import django

    django.setup()
    from django.db import connections

    [(company, branch)] = own_companies(module.rpartition(".")[2], 1)
    told: dict[int, list[Told]] = {small: [], large: []}
    with open_units(url_of_f(embedded())) as units:
        for number in range(rounds):
            for size in told:
                units.batch()
                told[size].append(_measured(module, company.pk, branch.pk, size, name=f"{size}-{number}"))
            units.batch()
    connections.close_all()
    return Sizes(_typical(told[small]), _typical(told[large]), units)


def _typical(rounds: list[Told]) -> Told:
    middle = median_low(one["whole"] for one in rounds)
    return next(one for one in rounds if one["whole"] == middle)


def _measured(module: str, company_id: int, branch_id: int, count: int, *, name: str) -> Told:
    told = subprocess.run(
        [sys.executable, "-m", module, str(company_id), str(branch_id), str(count), name],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: Told = json.loads(told.stdout.splitlines()[-1])
    return found
