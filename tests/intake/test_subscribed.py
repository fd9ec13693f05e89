"""A file of subscriptions from upload to the wheel, and back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from amate.billing_cycle.subscriptions.models import Subscription
from tests.billing_cycle.subscriptions.wheel import Wheel
from tests.intake.files import commit, csv_of, undo, upload
from tests.world import World

HEADS = ["Cliente", "Plan", "Inicio", "Próximo cobro", "Precio", "Contrato"]


@pytest.fixture
def wheel(world: World) -> Wheel:
    return Wheel(world)


def subscriptions(world: World) -> list[Subscription]:
    return world.scoped(lambda: list(Subscription.objects.order_by("id")))


def test_subscriptions_go_on_where_the_other_system_left_them(world: World, wheel: Wheel) -> None:
    wheel.plan(fiscal_mode="aviso")
    rosa = wheel.customer()
    today = world.today()
    coming = (today.replace(day=1) + timedelta(days=62)).replace(day=1)
    begun = date(coming.year - 1, coming.month, 1)
    rows = [
        HEADS,
        [rosa.number, "internet", begun, coming, "450.00", "C-1"],
        ["Rosa Tapia", "Internet", begun, "", "", "C-2"],
        ["Rosa Tapia", "telefono", begun, coming, "", "C-3"],
        ["Nadie", "internet", begun, coming, "", "C-4"],
        ["Rosa Tapia", "internet", begun, coming + timedelta(days=3), "", "C-5"],
        ["Rosa Tapia", "internet", begun, coming, "-1", "C-6"],
    ]
    content = csv_of(rows)
    batch = upload(world, content, kind="subscribed", source="otro")
    assert (batch.state, batch.counts["new"], batch.counts["bad"]) == ("read", 1, 5), batch.errors
    said = {row: (column, sentence) for row, column, sentence in batch.errors}
    assert said[3][0] == "Próximo periodo por cobrar"
    assert "cobraríamos otra vez" in said[3][1]
    assert "No tienes un plan “telefono”" in said[4][1]
    assert "No tienes un cliente “Nadie”" in said[5][1]
    assert "Ningún periodo de este plan empieza" in said[6][1]
    assert said[7][0] == "Precio de una unidad"
    assert subscriptions(world) == []
    batch = commit(world, batch, skip_bad=True)
    assert (batch.state, batch.fault) == ("committed", "")
    [made] = subscriptions(world)
    assert (made.next_k, made.next_on, made.external_id, made.state) == (12, coming, "C-1", "active")
    assert world.scoped(lambda: made.terms.get().price) == Decimal("450.00")  # type: ignore[attr-defined]
    again = upload(world, csv_of(rows[:2]), kind="subscribed", source="otro")
    assert (again.counts["new"], again.counts["repeated"]) == (0, 1)
    batch = undo(world, batch)
    assert (batch.counts["undone"], batch.counts["kept"]) == (1, 0)
    mended = commit(world, upload(world, csv_of(rows[:2]), kind="subscribed", source="otro"))
    assert mended.counts["new"] == 1
    assert [(one.state, one.external_id) for one in subscriptions(world)] == [("cancelled", ""), ("active", "C-1")]
    wheel.bill(str(coming), rosa)
    mended = undo(world, mended)
    assert (mended.counts["undone"], mended.counts["kept"]) == (0, 1)
