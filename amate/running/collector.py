"""How often a process of ours looks through its memory for what nothing points at any more."""

import gc

OFTEN = (20_000, 20, 50)
"""New objects between two looks at the young, and so on to the old. Python's own, 700, is meant for scripts: a factura
global of 2,000 notes spent half of its time in looks that found nothing."""


def collect_rarely() -> None:
    """To be called once by a process that stays, when all is loaded: that is never looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*OFTEN)
