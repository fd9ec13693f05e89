"""All rules in one table: what each demands, where it comes from and in which edition, and what is not looked at.

The lines are in `table_cfdi.py` and `table_pagos.py`. A test holds them to what the rule files really say.
"""

from collections.abc import Iterable
from functools import cache

from amate.fiscal.rules import table_cfdi, table_pagos
from amate.fiscal.rules.rule import Rule, Source


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its code, in the order of the SAT's matrices; ours last."""
    return _by_code((*table_cfdi.ROWS, *table_pagos.ROWS, *table_cfdi.OURS, *table_pagos.OURS))


def _by_code(listed: Iterable[Rule]) -> dict[str, Rule]:
    table: dict[str, Rule] = {}
    for rule in listed:
        if rule.code in table:
            raise ValueError(f"{rule.code} is twice in the table of rules")
        table[rule.code] = rule
    return table


def source_of(code: str) -> Source | None:
    """What a finding's code is founded on; None for what is no rule (a file that could not be read)."""
    rule = rules().get(code)
    return rule.source if rule else None
