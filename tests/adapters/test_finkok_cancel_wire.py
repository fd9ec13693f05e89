"""Our Finkok client cancelling at the simulator, over real HTTP."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import pytest

from amate.adapters.pac import AnswerOrder, CancelOrder, CancelReceipt, PacAmbiguous, PacRejected, PacUnavailable
from amate.adapters.pac.sat_status import StatusQuery
from amate.fiscal.acuse import read_acuse
from amate.fiscal.cancelacion import cancel_request
from amate.fiscal.xml import parse
from amate.sandbox.mint import World
from tests.adapters.test_finkok import IMPATIENT, call, stamp
from tests.sandbox.documents import draft, open_pair, seal_tree
from tests.sandbox.serving import Simulator


class Story:
    def __init__(self, simulator: Simulator, minted: World, now: datetime) -> None:
        self.simulator, self.minted, self.now = simulator, minted, now
        root = draft(now=now, cents=100_000)
        stamped = parse(stamp(simulator, seal_tree(root, open_pair(minted.csds["moral"]))).xml)
        self.uuid = UUID(stamped.find(".//{*}TimbreFiscalDigital").get("UUID"))
        emisor, receptor = (stamped.find(f"{{*}}{name}").get("Rfc") for name in ("Emisor", "Receptor"))
        self.says = emisor, receptor, Decimal(stamped.get("Total"))

    def order(self, *, role: str = "moral", uuid: UUID | None = None) -> CancelOrder:
        csd, about = open_pair(self.minted.csds[role]), uuid or self.uuid
        fecha = self.now.replace(tzinfo=None)
        signed = cancel_request(uuid=about, motivo="02", sustitucion=None, csd=csd, fecha=fecha)
        return CancelOrder(csd.rfc, about, signed)

    def cancel(self, order: CancelOrder | None = None, **more: object) -> CancelReceipt:
        return call(self.simulator, lambda pac: pac.cancel(order or self.order()), **more)


@pytest.fixture
def story(simulator: Simulator, minted: World, now: datetime) -> Story:
    return Story(simulator, minted, now)


def test_it_cancels_and_keeps_the_acuse_as_it_came(story: Story) -> None:
    receipt = story.cancel()
    assert receipt.codes == {story.uuid: "201"}
    assert read_acuse(receipt.acuse).codes == {story.uuid: "201"}
    assert story.cancel().codes == {story.uuid: "202"}


def test_an_acuse_that_did_not_come_is_asked_for(story: Story) -> None:
    story.simulator.fault("no_acuse", on="cancel", count=1)
    assert read_acuse(story.cancel().acuse).codes == {story.uuid: "201"}


@pytest.mark.parametrize(
    "fault",
    [
        "drop_before",
        "drop_after",
        "500_after",
        "truncated",
        "hang_after",
        "json_without_data",
        "other_uuid",
        "acuse_malformed",
    ],
)
def test_an_answer_that_was_lost_is_ambiguous_and_the_same_bytes_find_out(story: Story, fault: str) -> None:
    story.simulator.fault(fault, on="cancel", count=1)
    with pytest.raises(PacAmbiguous):
        story.cancel(timeouts=IMPATIENT)
    assert story.cancel().codes[story.uuid] in ("201", "202")


def test_a_foreign_request_and_an_unknown_cfdi_are_refused(story: Story) -> None:
    assert story.cancel(story.order(role="fisica")).codes == {story.uuid: "203"}
    nobody = UUID("11111111-2222-3333-4444-000000000009")
    assert story.cancel(story.order(uuid=nobody)).codes == {nobody: "205"}


def test_a_request_that_was_tampered_with_is_refused_as_a_whole(story: Story) -> None:
    order = story.order()
    bad = CancelOrder(order.rfc, order.uuid, order.signed.replace(b'Motivo="02"', b'Motivo="03"'))
    with pytest.raises(PacRejected) as no:
        story.cancel(bad)
    assert no.value.code == "302"


def test_who_is_not_known_gets_nothing(story: Story) -> None:
    with pytest.raises(PacUnavailable) as away:
        story.cancel(password="otra")
    assert away.value.cause == "credentials"
    with pytest.raises(PacUnavailable):
        call(story.simulator, lambda pac: pac.pending("MCI7306249Y1"), password="otra")


def test_what_waits_for_a_receiver_is_listed(story: Story) -> None:
    assert call(story.simulator, lambda pac: pac.pending("MCI7306249Y1")) == []
    story.simulator.admin("POST", "clock", {"advance": 5 * 86_400})
    story.cancel()
    assert call(story.simulator, lambda pac: pac.pending("MCI7306249Y1")) == [story.uuid]
    stranger = AnswerOrder("MCI7306249Y1", story.uuid, True, b"<nada/>")
    with pytest.raises(PacRejected):
        call(story.simulator, lambda pac: pac.answer(stranger))


def test_it_tells_how_a_cfdi_stands_at_the_sat(story: Story) -> None:
    emisor, receptor, total = story.says
    query = StatusQuery(story.uuid, emisor, receptor, total, "")
    found = call(story.simulator, lambda pac: pac.standing(query))
    assert (found.live, found.cancelled) == (True, False)
    story.cancel()
    assert call(story.simulator, lambda pac: pac.standing(query)).how_cancelled == "sin_aceptacion"
    other = StatusQuery(story.uuid, emisor, receptor, total + 1, "")
    assert not call(story.simulator, lambda pac: pac.standing(other)).found
