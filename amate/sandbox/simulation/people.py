"""How invented customers pay: on time, late, in parts, too much, twice, or not at all; by their own CLABE."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

# Of a hundred customers so many have each habit: days from the due day, and who never pays.
HABITS = {"early": (-8, -2), "punctual": (-1, 0), "late": (1, 5), "slow": (6, 25), "never": (0, 0)}
SHARES = {"early": 30, "punctual": 35, "late": 18, "slow": 14, "never": 3}


@dataclass(frozen=True, slots=True)
class Transfer:
    on: date
    customer_id: int
    cents: int


def habit_of(shares: Mapping[str, int], dice: random.Random) -> str:
    return dice.choices(list(shares), weights=list(shares.values()))[0]


def transfers_for(
    *, customer_id: int, habit: str, cents: int, due: date, today: date, dice: random.Random
) -> list[Transfer]:
    """What he decides when he hears of a debt."""
    first, last = HABITS[habit]
    if habit == "never" and dice.random() < 0.9:
        return []
    day = max(today, due + timedelta(days=dice.randint(first, last)))
    drawn = dice.random()
    if drawn < 0.05 and cents > 2:  # in two parts
        part = dice.randint(1, cents - 1)
        later = day + timedelta(days=dice.randint(1, 12))
        return [Transfer(day, customer_id, part), Transfer(later, customer_id, cents - part)]
    if drawn < 0.07:  # a peso less
        return [Transfer(day, customer_id, max(cents - 100, 1))]
    if drawn < 0.10:  # too much
        return [Transfer(day, customer_id, cents + dice.randint(1, 20_000))]
    if drawn < 0.12:  # twice, by mistake
        return [Transfer(day, customer_id, cents), Transfer(day + timedelta(days=1), customer_id, cents)]
    return [Transfer(day, customer_id, cents)]
