"""A PUE invoice nobody paid in its month is replaced by one PPD, as one act (FISCAL PAY-1, FEATURES 84)."""

from typing import Any

import pytest

from amate.fiscal.xml import parse
from amate.invoices.models import AwaitedPayment, Cancellation, Instalment, Origin, Stamp, State
from amate.invoices.pue_to_ppd import pue_to_ppd
from amate.invoices.replace import NotReplaceable
from tests.invoices.life import issued, minutes_pass
from tests.invoices.test_due import awaited
from tests.invoices.test_rep import rep


def to_ppd(world: Any, invoice: Any) -> Any:
    return world.scoped(
        lambda: pue_to_ppd(invoice_id=invoice.pk, asked_by="ana", origin=Origin.OFFICE, now=world.now())
    )


def test_the_ppd_one_is_stamped_then_the_old_one_is_cancelled_and_it_takes_its_payment(world: Any) -> None:
    old = issued(world, "1160.00")
    awaited(world, old)
    new = to_ppd(world, old)
    world.settle()
    minutes_pass(world)
    assert (world.invoice(old).state, world.invoice(new).state) == (State.CANCELLED, State.STAMPED)
    asked = world.scoped(lambda: Cancellation.objects.get(invoice=old))
    assert (asked.motivo, asked.substitute_id) == ("01", new.pk)
    root = parse(world.scoped(lambda: bytes(Stamp.objects.get(invoice=new).xml)))
    assert (root.get("MetodoPago"), root.get("FormaPago"), root.get("Total")) == ("PPD", "99", "1160.00")
    (node,) = root.iterfind("{*}CfdiRelacionados")
    assert (node.get("TipoRelacion"), node[0].get("UUID")) == ("04", str(old.uuid).upper())
    assert world.scoped(lambda: AwaitedPayment.objects.open().count()) == 0
    paid = rep(world, {new: "1160.00"})
    world.settle()
    assert world.invoice(paid).state == State.STAMPED
    assert world.scoped(lambda: Instalment.objects.live().get().invoice_id) == new.pk


def test_one_that_was_paid_stays_as_it_is(world: Any) -> None:
    with pytest.raises(NotReplaceable, match="se pagó al emitirla"):
        to_ppd(world, issued(world))
    with pytest.raises(NotReplaceable, match="no es una factura PUE"):
        to_ppd(world, issued(world, ppd=True))


def test_asked_twice_it_is_replaced_once(world: Any) -> None:
    old = issued(world)
    awaited(world, old)
    world.pac.admin("faults", {"kind": "503"})
    to_ppd(world, old)
    with pytest.raises(NotReplaceable, match="Ya se está"):
        to_ppd(world, old)
    world.pac.admin("faults", {}, method="DELETE")
