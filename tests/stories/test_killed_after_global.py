"""A worker killed with -9 while a note leaves its factura global: its buyer has his invoice and the egreso covers it, or the
global has the note as before."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from amate.invoices.models import Invoice, Kind, State
from amate.promises.sweep import rescue
from tests.people import FISICA
from tests.self_invoicing.test_close_period import closed, faults, stands
from tests.self_invoicing.test_leave_global import declared, of_kind
from tests.stories.dying_worker import LEAVING
from tests.stories.processes import dies_by_its_own_hand, house_of, open_promises, stamped_by, worker_process

KNOWN = {"XOJI740919U48": {"nombre": "INGRID XODAR JIMENEZ", "cp": "76028", "regimenes": ["612"]}}
REFUSED = "returned_not_committed"


@pytest.fixture(scope="module")
def house(database_name: str, django_db_blocker: Any, minted: Any, pac_server: Any, mail_server: Any) -> Iterator[Any]:
    """One world for every death."""
    with django_db_blocker.unblock(), house_of(minted, pac_server, mail_server, database_name) as world:
        yield world


@pytest.mark.parametrize("point", LEAVING)
def test_what_is_declared_is_what_was_sold(house: Any, point: str) -> None:
    late = house.sale()
    closed(house)
    house.settle()
    sold, egresos = declared(house), len(of_kind(house, Kind.EGRESO))
    if point == REFUSED:
        house.pac.admin("lists", {"mode": "strict", "receivers": KNOWN}, method="PUT")
    own = house.claim(late, FISICA | ({"nombre": "INGRID JODAR JIMENEZ"} if point == REFUSED else {}))
    with worker_process(house, point) as worker:
        assert dies_by_its_own_hand(worker)
    assert open_promises(house)
    house.inside(lambda: rescue(dead_after=timedelta()))
    house.settle()

    (egreso,) = of_kind(house, Kind.EGRESO)[egresos:]
    ended = State.REFUSED if point == REFUSED else State.STAMPED
    assert [house.invoice(own).state, egreso.state] == [ended, ended]
    assert stands(house, late) == ("in_global" if point == REFUSED else "invoiced", True)
    assert declared(house) == sold > Decimal(0)
    assert not faults(house)
    assert not open_promises(house)
    live = house.scoped(lambda: [str(one.uuid) for one in Invoice.objects.filter(uuid__isnull=False)])
    assert sorted(live) == sorted(stamped_by(house.pac))
