"""The contract of tills, walked against the real site; and each lie of a server is seen."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from amate.self_invoicing.models import Ticket
from amate.till.api import Answer, Api
from amate.till.conformance import RULES, conform, main
from tests.world import World


def test_the_real_site_keeps_every_rule_and_is_left_clean(world: World, live: str, capsys: Any, tmp_path: Any) -> None:
    key = tmp_path / "key"
    key.write_text(f"{world.shop.api_key}\n")
    code = main(["--url", live, "--key-file", str(key), "--json"])
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one for one in said if not one["holds"]] == []
    assert (code, len(said)) == (0, len(RULES))
    assert world.scoped(lambda: set(Ticket.objects.values_list("state", "source"))) == {("void", "conformidad")}
    with Api(live, world.shop.api_key) as api:
        lies = {rule: _broken(api, lie) for rule, lie in LIES.items()}
    assert {rule for rule, broken in lies.items() if rule in broken} == set(LIES), lies
    assert main(["--url", live, "--key", "amate_de_nadie"]) == 1
    assert "✗ register" in capsys.readouterr().out
    assert main(["--url", "http://127.0.0.1:9", "--key", "x"]) == 2


def test_without_a_key_it_says_where_it_goes(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AMATE_API_KEY", raising=False)
    with pytest.raises(SystemExit):
        main(["--url", "http://127.0.0.1:9"])
    assert "falta la clave de API" in capsys.readouterr().err


# What a server that breaks a rule would answer instead.
Lie = Callable[[str, str, Answer], Answer]


def _but(found: Answer, status: int | None = None, **said: Any) -> Answer:
    return Answer(status or found.status, found.kind, found.body | said, found.raw)


LIES: dict[str, Lie] = {
    "no-key": lambda method, path, found: _but(found, 200) if found.status == 401 else found,
    "register": lambda method, path, found: _but(found, code_bare="7K4") if found.status == 201 else found,
    "repeat": lambda method, path, found: _but(found, code="otro") if (method, found.status) == ("PUT", 200) else found,
    "change": lambda method, path, found: _but(found, 200) if found.status == 409 else found,
    "sums": lambda method, path, found: _but(found, computed="0") if found.status == 422 else found,
    "fields": lambda method, path, found: _but(found, errors=[]) if found.status == 422 else found,
    "read": lambda method, path, found: _but(found, 200) if found.status == 404 else found,
    "lock": lambda method, path, found: _but(found, deadline="") if path.endswith("/unlock") else found,
    "void": lambda method, path, found: _but(found, state="open") if method == "DELETE" else found,
    "blocks": lambda method, path, found: _but(found, codes=["A", "A"]) if path == "/code-blocks" else found,
}


def _broken(api: Api, lie: Lie) -> set[str]:
    class Liar(Api):
        def __init__(self) -> None:
            pass

        def call(self, method: str, path: str, *said: Any, **more: Any) -> Answer:
            return lie(method, path, api.call(method, path, *said, **more))

    return {one.rule for one in conform(Liar(), branch="", now=datetime.now(UTC)) if one.wrong}
