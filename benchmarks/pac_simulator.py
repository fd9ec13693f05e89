"""What one stamp costs the PAC simulator, HTTP left out (ENGINE PERF: at most 4 sig; the floor is its own signature)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from amate.fiscal.csd import Csd, private_key_der
from amate.sandbox.mint import World, mint_world
from amate.sandbox.pac.lists import Lists
from amate.sandbox.pac.stamp import stamp_document
from amate.sandbox.pac.state import MemoryStore
from amate.sandbox.pac.timbre import Signer
from tests.sandbox.documents import draft, open_pair, seal_tree

ROUNDS, EACH = 7, 40


def run() -> list[dict[str, Any]]:
    """Median of interleaved rounds; every document is another one."""
    with TemporaryDirectory() as folder:
        world = mint_world(Path(folder) / "world", now=datetime.now(UTC), ca_key_size=3072)
        value = _measure(world)
    return [
        {"name": "pac_simulator_stamp", "value": value, "unit": "sig", "n": ROUNDS * EACH, "bar": 4.0, "floor": 1.0}
    ]


def _measure(world: World) -> float:
    csd = open_pair(world.csds["moral"])
    signer, store, now = Signer(world.pac), MemoryStore(), datetime.now(UTC)
    documents = [seal_tree(draft(now=now, folio=str(n), cents=10_000 + 37 * n), csd) for n in range(ROUNDS * EACH + 1)]

    def stamp(batch: list[bytes]) -> None:
        for sealed in batch:
            stamp_document(sealed, customid="", ca=world.ca.cer, signer=signer, store=store, lists=Lists(), now=now)

    stamp([documents.pop()])  # compiles the schema and the stylesheet
    pac = Csd.load(cer=world.pac.cer, private_key_der=private_key_der(key=world.pac.key, password=world.pac.password))
    ratios = []
    for number in range(ROUNDS):
        batch = documents[number * EACH : (number + 1) * EACH]
        sig = _cpu(lambda: [pac.sign(b"one signature") for _ in range(EACH)])
        ratios.append(_cpu(partial(stamp, batch)) / sig)
    return round(median(ratios), 2)


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    for row in run():
        print(row)
