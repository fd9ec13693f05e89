"""The watch itself: a line that is missing is missed."""

from typing import Any

import pytest

from tests.web import audited
from tests.web.office.desk import Office
from tests.world import World


def test_a_request_whose_line_is_left_out_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: Any, **__: Any) -> None:
        """As `record`, but for the line."""

    note, office = world.sale(), Office(world)
    there = f"{world.shop.office}notas/{note.pk}/bloquear/"
    monkeypatch.setattr("amate.self_invoicing.hold.record", silent)
    answer = world.inside(lambda: office.client.post(there, {"motivo": "se revisa"}))
    assert answer.status_code == 302
    assert audited.unheard == ["self_invoicing_ticket"]
    audited.unheard.clear()
