"""After a restore a sale comes again with the code that its note carries: believed where it may be true, and only there."""

from datetime import timedelta
from typing import Any

import pytest

from amate.self_invoicing.after_restore import BELIEVED_FOR, remember_restore
from amate.self_invoicing.codes import new_code, show_code
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.register_many import Bulk
from amate.self_invoicing.reserve import reserve_codes
from tests.self_invoicing.test_register import a_sale
from tests.web.api.sales import sale
from tests.web.portal.buyer import Buyer
from tests.world import Shop, World

HAMMER = "/tickets/caja-1/A-1"


def restored(world: World, *, hours: int = 10, shop: Shop | None = None) -> None:
    """A backup of that many hours ago came back a moment ago."""
    made_at = world.now() - timedelta(hours=hours)
    world.scoped(lambda: remember_restore(made_at=made_at, now=world.now()), shop)


def sold(world: World, *, hours_ago: float = 5, **changes: Any) -> dict[str, Any]:
    return sale(sold_at=(world.now() - timedelta(hours=hours_ago)).isoformat(), **changes)


def put(world: World, path: str = HAMMER, **changes: Any) -> Any:
    return world.api("PUT", path, sold(world, **changes))


def detail(answer: Any) -> str:
    return str(answer.json()["errors"][0]["detail"])


def test_the_code_on_paper_is_kept_and_its_qr_opens(world: World) -> None:
    code = new_code()
    restored(world)
    body = sold(world, code=show_code(code))
    said = world.api("PUT", HAMMER, body)
    assert (said.status_code, said.json()["code_bare"]) == (201, code)
    again = world.api("PUT", HAMMER, body)
    assert (again.status_code, again.json()["code_bare"]) == (200, code)
    ticket, buyer = world.scoped(lambda: Ticket.objects.select_related("branch").get()), Buyer(world.shop)
    assert world.inside(lambda: buyer.scans(ticket))["Location"] == buyer.url("datos/")


def test_without_a_restore_no_till_chooses_its_code(world: World) -> None:
    answer = put(world, code=new_code())
    assert answer.status_code == 422
    assert "no está reservado para esta fuente" in detail(answer)
    assert world.scoped(Ticket.objects.count) == 0


def test_the_restore_of_another_company_lets_nobody_choose_here(world: World) -> None:
    restored(world, shop=world.other)
    assert put(world, code=new_code()).status_code == 422


@pytest.mark.parametrize(
    ("hours_ago", "status"),
    [(5, 201), (10 + 70, 201), (10 + 73, 422), (-0.5, 201), (-2, 422)],
    ids=["lost", "late from offline", "before", "a till that is ahead", "after"],
)
def test_only_sales_of_the_days_that_were_lost_bring_a_code(world: World, hours_ago: float, status: int) -> None:
    restored(world)
    assert put(world, code=new_code(), hours_ago=hours_ago).status_code == status


def test_and_only_for_a_while(world: World) -> None:
    restored(world)
    lost = sold(world)
    world.time_passes(days=BELIEVED_FOR.days, minutes=1)
    assert world.api("PUT", HAMMER, {**lost, "code": new_code()}).status_code == 422
    assert world.api("PUT", HAMMER, lost).status_code == 201, "without it, it is a sale like any other"


def test_a_code_that_another_note_has_or_that_is_reserved_is_refused(world: World) -> None:
    taken = world.sale().code
    (reserved,) = world.scoped(lambda: reserve_codes(source="caja-9", count=1, now=world.now()))[1]
    restored(world)
    for code in (taken, reserved):
        assert put(world, code=code).status_code == 422, code
    assert put(world, "/tickets/caja-9/A-1", code=reserved).status_code == 201, "of its own till"


def test_what_is_no_code_is_refused(world: World) -> None:
    restored(world)
    assert "le falta o le sobra una letra" in detail(put(world, code="7K4M-9QXW-2TRU"))


def test_the_same_sale_with_another_code_is_another_sale(world: World) -> None:
    restored(world)
    body = sold(world)
    assert world.api("PUT", HAMMER, {**body, "code": new_code()}).status_code == 201
    assert world.api("PUT", HAMMER, {**body, "code": new_code()}).status_code == 409


def test_a_file_of_many_is_judged_alike(world: World) -> None:
    taken, free = world.sale().code, new_code()
    restored(world)

    def many() -> tuple[list[str], list[str]]:
        made = [
            a_sale(world, external_id="1", code=free),
            a_sale(world, external_id="2", code=free),
            a_sale(world, external_id="3", code=taken),
            a_sale(world, external_id="4", code=new_code(), sold_at=world.now() - timedelta(days=9)),
            a_sale(world, external_id="5"),
        ]
        seen = Bulk(source="caja-1", now=world.now()).register([(one, world.shop.branch) for one in made])
        return [one.sale.external_id for one in seen.new], [one.sale.external_id for one in seen.code_refused]

    new, refused = world.scoped(many)
    assert (new, refused) == (["1", "5"], ["2", "3", "4"])
    assert world.scoped(lambda: Ticket.objects.get(external_id="1").code) == free
