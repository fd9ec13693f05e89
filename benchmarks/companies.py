"""Companies of one benchmark alone: what another left in its own changes no figure of this one."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from amate.running.postgres import embedded


def own_companies(name: str, how_many: int) -> list[tuple[Any, Any]]:
    """[(company, branch)] in the migrated database of the server that runs. After `django.setup()`."""
    from amate.running.prepare import prepare
    from amate.sandbox.companies import SHOPS, open_shop
    from amate.sandbox.mint import mint_world

    prepare()
    now = datetime.now(UTC)
    world = mint_world(embedded().home / "sandbox", now=now, ca_key_size=2048)
    shops = [replace(SHOPS[0], slug=f"{name.replace('_', '-')}-{number}") for number in range(how_many)]
    return [open_shop(shop=shop, world=world, now=now) for shop in shops]
