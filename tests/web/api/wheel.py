"""What a program that runs the wheel sends."""

from typing import Any

from tests.world import World

SURCO = {"rfc": "SDI190823KX4", "cp": "44160", "regimen_fiscal": "601", "uso_cfdi": "G03"}


def told(world: World, method: str, path: str, body: Any = None, *, status: int = 200, **how: Any) -> Any:
    answer = world.api(method, path, body, **how)
    assert answer.status_code == status, (method, path, answer.content)
    return answer.json()


def pointers(answer: Any) -> dict[str, str]:
    return {one["pointer"]: one["detail"] for one in answer["errors"]}
