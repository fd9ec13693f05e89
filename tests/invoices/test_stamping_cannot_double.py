"""Whatever the PAC does, one claim becomes one CFDI, and nothing is lost (ENGINE SAFE)."""

import time
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from amate.adapters.pac import Stamped
from amate.fiscal.catalogs import catalogs_in_force
from amate.invoices.models import Invoice, InvoiceMove, Sealing, Stamp, State
from amate.invoices.stamp import LateStamp, record_stamp, seal_anew
from amate.promises.lease import retry_now
from amate.promises.models import Promise
from amate.tenancy.models import IllegalMove


def fault(world: Any, kind: str, **more: Any) -> None:
    world.pac.admin("faults", {"kind": kind, "count": 1, **more})


def settled(world: Any) -> None:
    """The worker comes by now, and again after each wait of the back-off."""
    world.settle()
    for minutes in (1, 2, 6, 16):
        world.time_passes(minutes=minutes)
        world.settle()


def moves(world: Any, invoice: Invoice) -> list[str]:
    def look() -> list[str]:
        return list(
            InvoiceMove.objects.filter(pgh_obj_id=invoice.pk).order_by("pgh_id").values_list("state", flat=True)
        )

    return world.scoped(look)


SURELY_NOT_STAMPED = ["429", "503", "expired_token", "no_credits"]
NOBODY_KNOWS = [
    "hang",
    "hang_after",
    "drop_before",
    "drop_after",
    "truncated",
    "500_before",
    "500_after",
    "html_200",
    "html_500",
    "json_without_data",
    "other_tfd",
    "foreign_uuid",
    "wrong_sello_sat",
    "altered_xml",
]
ONLY_SLOW = ["latency"]
STAMPED_BEFORE = ["307_http_200", "307_http_400"]
# How many requests each strikes, and those before it, on the wire of Finkok: no more are made, and no fewer.
OF_FINKOK = {
    "warned": {"warned": 1},
    "forgets": {"drop_after": 1, "forgets": 3},
    "307_without_data": {"drop_after": 1, "forgets": 2, "307_without_data": 3},
}


@pytest.mark.parametrize("kind", SURELY_NOT_STAMPED + NOBODY_KNOWS + ONLY_SLOW)
def test_a_fault_of_the_pac_ends_in_one_cfdi(world: Any, kind: str) -> None:
    fault(world, kind)
    invoice = world.claim(world.sale())
    settled(world)
    found = world.invoice(invoice)
    assert found.state == State.STAMPED, (found.state, found.refusal, [p.last_error for p in world.promises()])
    documents = world.pac.documents()
    assert [d["uuid"].lower() for d in documents] == [str(found.uuid)]
    assert world.scoped(lambda: (Stamp.objects.count(), Sealing.objects.count())) == (1, 1)
    assert len(world.mail.mails) == 1


@pytest.mark.parametrize(
    "kind", ["drop_before", "hang_after", "drop_after", "500_after", "html_200", "other_tfd", "altered_xml"]
)
def test_an_ambiguous_answer_is_asked_for_before_anything_else(world: Any, kind: str) -> None:
    fault(world, kind)
    invoice = world.claim(world.sale())
    world.settle()
    assert world.invoice(invoice).state == State.UNKNOWN
    assert world.invoice(invoice).ever_ambiguous
    settled(world)
    assert moves(world, invoice) == ["draft", "sealed", "sending", "unknown", "sending", "stamped"]


def test_a_pac_that_stamps_after_we_gave_up_has_stamped_once(world: Any) -> None:
    """Its stamp is not there yet when it is asked again: then it stamps what it is asked, and is late with the first."""
    fault(world, "latency", ms=4000)
    invoice = world.claim(world.sale())
    begun = time.monotonic()
    world.settle()
    assert world.invoice(invoice).state == State.UNKNOWN
    settled(world)
    time.sleep(max(0.0, begun + 5 - time.monotonic()))
    assert [d["uuid"].lower() for d in world.pac.documents()] == [str(world.invoice(invoice).uuid)]


@pytest.mark.parametrize("kind", OF_FINKOK)
def test_a_fault_of_finkok_ends_in_one_cfdi(two_pacs: Any, kind: str) -> None:
    two_pacs.order = ("finkok",)
    for one, count in OF_FINKOK[kind].items():
        two_pacs.second.admin("faults", {"kind": one, "count": count})
    invoice = two_pacs.claim(two_pacs.sale())
    settled(two_pacs)
    found = two_pacs.invoice(invoice)
    assert found.state == State.STAMPED, (found.state, [p.last_error for p in two_pacs.promises()])
    assert [d["uuid"].lower() for d in two_pacs.second.documents()] == [str(found.uuid)]
    stamp = two_pacs.scoped(lambda: Stamp.objects.get())
    assert (stamp.pac, stamp.recovered) == ("finkok", kind != "warned")
    assert two_pacs.second.admin("faults", None, method="GET") == [], "they did not all strike"
    assert two_pacs.scoped(lambda: Sealing.objects.count()) == 1
    assert len(two_pacs.mail.mails) == 1


def test_what_surely_was_not_processed_goes_out_again_as_it_was(world: Any) -> None:
    fault(world, "503", retry_after=1)
    invoice = world.claim(world.sale())
    world.settle()
    assert world.invoice(invoice).state == State.SEALED
    assert not world.invoice(invoice).ever_ambiguous
    before = world.scoped(lambda: bytes(Sealing.objects.get().xml))
    settled(world)
    assert world.scoped(lambda: bytes(Sealing.objects.get().xml)) == before
    assert world.invoice(invoice).state == State.STAMPED


def test_a_duplicate_is_a_success_in_every_shape(world: Any) -> None:
    for shape in STAMPED_BEFORE:
        fault(world, "drop_after")
        invoice = world.claim(world.sale())
        world.settle()
        fault(world, shape)
        settled(world)
        stamp = world.scoped(lambda pk=invoice.pk: Stamp.objects.get(invoice_id=pk))
        assert stamp.recovered


def test_the_pac_down_for_a_day_loses_nothing(world: Any) -> None:
    world.pac.admin("faults", {"kind": "503"})
    invoices = [world.claim(world.sale()) for _ in range(3)]
    settled(world)
    assert {world.invoice(i).state for i in invoices} == {State.SEALED}
    world.pac.admin("faults", {}, method="DELETE")
    world.time_passes(hours=24)
    world.settle()
    assert {world.invoice(i).state for i in invoices} == {State.STAMPED}
    assert len(world.pac.documents()) == 3


def test_a_document_too_old_to_stamp_is_sealed_anew_if_no_answer_was_ever_lost(world: Any) -> None:
    world.pac.admin("faults", {"kind": "503"})
    invoice = world.claim(world.sale())
    world.settle()
    world.time_passes(hours=80)
    world.pac.admin("faults", {}, method="DELETE")
    world.settle()
    found = world.invoice(invoice)
    assert found.state == State.STAMPED
    sealings = world.scoped(lambda: list(Sealing.objects.order_by("id").values_list("superseded_at", flat=True)))
    assert [at is None for at in sealings] == [False, True]
    assert found.folio == 1, "the folio stays"
    assert len(world.pac.documents()) == 1


def test_an_ambiguous_document_too_old_waits_for_a_person(world: Any) -> None:
    world.pac.admin("faults", {"kind": "500_before"})
    invoice = world.claim(world.sale())
    world.settle()
    world.time_passes(hours=80)
    world.settle()
    assert world.invoice(invoice).state == State.UNKNOWN
    (promise,) = world.scoped(lambda: list(Promise.objects.given_up()))
    assert "71 horas" in promise.last_error
    assert world.pac.documents() == []


def test_a_late_stamp_is_recovered_when_a_person_asks_again(world: Any) -> None:
    """The PAC stamped and then was silent for days: its stamp is found, and no second one is made."""
    fault(world, "500_after")
    invoice = world.claim(world.sale())
    world.settle()
    world.pac.admin("faults", {"kind": "500_before"})
    world.time_passes(hours=80)
    world.settle()
    (promise,) = world.scoped(lambda: list(Promise.objects.given_up()))
    world.pac.admin("faults", {}, method="DELETE")
    world.scoped(lambda: retry_now(promise_id=promise.pk, now=world.now()))
    world.settle()
    found = world.invoice(invoice)
    assert found.state == State.STAMPED
    assert [d["uuid"].lower() for d in world.pac.documents()] == [str(found.uuid)]


def test_a_key_that_comes_back_with_other_bytes_stops_everything(world: Any) -> None:
    """CFDI3307 means that we lost track of our own documents: a person looks, no machine goes on."""
    import asyncio

    invoice = world.claim(world.sale())
    stranger = world.claim(world.sale())
    world.pac.admin("faults", {"kind": "503", "count": 2, "retry_after": 0})
    world.settle()

    def under_the_same_key() -> None:
        first, second = Sealing.objects.get(invoice=invoice), Sealing.objects.get(invoice=stranger)

        async def send() -> None:
            (pac,) = world.plugs().pacs
            await pac.stamp(bytes(second.xml), key=first.key)
            await pac.aclose()

        asyncio.run(send())

    world.scoped(under_the_same_key)
    settled(world)
    assert world.invoice(invoice).state == State.UNKNOWN
    assert world.invoice(stranger).state == State.STAMPED
    (promise,) = world.scoped(lambda: list(Promise.objects.given_up()))
    assert "CFDI3307" in promise.last_error or "llave" in promise.last_error
    assert len(world.pac.documents()) == 1


RECEIVER = {"XOJI740919U48": {"nombre": "INGRID XODAR JIMENEZ", "cp": "76028", "regimenes": ["612"]}}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"rfc": "SDI190823KX4", "nombre": "SURCO DISENO", "regimen_fiscal": "601"}, "CFDI40143"),
        ({"nombre": "INGRID JODAR JIMENEZ"}, "CFDI40145"),
        ({"cp": "44100"}, "CFDI40148"),
        ({"regimen_fiscal": "606"}, "CFDI40159"),
    ],
)
def test_data_that_the_sat_refuses_release_the_ticket_for_another_try(
    world: Any, typed: dict[str, str], code: str
) -> None:
    from tests.people import FISICA

    world.pac.admin("lists", {"mode": "strict", "receivers": RECEIVER}, method="PUT")
    ticket = world.sale()
    refused = world.claim(ticket, {**FISICA, **typed})
    world.settle()
    found = world.invoice(refused)
    assert (found.state, found.refused_by, found.refusal_code) == (State.REFUSED, "receiver", code)
    again = world.claim(ticket)
    world.settle()
    assert world.invoice(again).state == State.STAMPED
    assert len(world.pac.documents()) == 1
    assert {world.invoice(refused).folio, world.invoice(again).folio} == {1, 2}


def test_a_refusal_that_is_ours_holds_the_ticket_and_a_retry_seals_anew(world: Any) -> None:
    rfc = world.scoped(lambda: _emisor_rfc())
    world.pac.admin("lists", {"not_in_lco": [rfc]}, method="PUT")
    invoice = world.claim(world.sale())
    world.settle()
    found = world.invoice(invoice)
    assert (found.state, found.refused_by, found.refusal_code) == (State.REFUSED, "ours", "402")
    (promise,) = world.scoped(lambda: list(Promise.objects.given_up()))
    assert "402" in promise.last_error
    assert "obligados" in promise.last_error
    world.pac.admin("lists", {}, method="PUT")
    world.scoped(lambda: retry_now(promise_id=promise.pk, now=world.now()))
    world.settle()
    assert world.invoice(invoice).state == State.STAMPED
    assert len(world.pac.documents()) == 1


def _emisor_rfc() -> str:
    from amate.companies.models import Emisor

    return Emisor.objects.get().rfc


def test_sealed_bytes_and_stamps_never_change(world: Any) -> None:
    world.claim(world.sale())
    world.settle()

    def tamper(sentence: str) -> None:
        with connection.cursor() as c:
            c.execute(sentence)

    for sentence in (
        "UPDATE invoices_sealing SET xml = 'x'",
        "UPDATE invoices_stamp SET uuid = gen_random_uuid()",
        "DELETE FROM invoices_stamp",
        "DELETE FROM invoices_sealing",
        "UPDATE invoices_invoicemove SET state = 'draft'",
    ):
        with pytest.raises(IntegrityError, match="written once"):
            world.scoped(lambda s=sentence: tamper(s))


def test_the_stamped_total_is_the_printed_one_and_the_customer_is_known(world: Any) -> None:
    from amate.customers.models import Customer, FiscalProfile
    from amate.fiscal.xml import parse

    ticket = world.sale()
    world.claim(ticket)
    world.settle()
    xml = world.scoped(lambda: bytes(Stamp.objects.get().xml))
    assert parse(xml).get("Total") == f"{ticket.total:.2f}"
    customer = world.scoped(lambda: Customer.objects.get())
    assert (customer.rfc, customer.number) == ("XOJI740919U48", 1)
    profile = world.scoped(lambda: FiscalProfile.objects.current().get())
    assert profile.customer_id == customer.pk


def test_a_refused_draft_keeps_its_folio_and_a_mended_one_uses_it(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folio is taken once a document: what was refused is a listed void, not a hole."""
    from decimal import Decimal

    invoice = world.claim(world.sale())
    total = world.invoice(invoice).total
    world.scoped(lambda: Invoice.objects.filter(pk=invoice.pk).update(total=total + Decimal("0.01")))
    world.settle()
    assert (world.invoice(invoice).state, world.invoice(invoice).folio) == (State.REFUSED, 1)
    world.scoped(lambda: Invoice.objects.filter(pk=invoice.pk).update(total=total))
    (promise,) = world.scoped(lambda: list(Promise.objects.given_up()))
    world.scoped(lambda: retry_now(promise_id=promise.pk, now=world.now()))
    world.settle()
    assert (world.invoice(invoice).state, world.invoice(invoice).folio) == (State.STAMPED, 1)
    second = world.claim(world.sale())
    world.settle()
    assert world.invoice(second).folio == 2


def test_a_csd_that_expired_meanwhile_does_not_stop_the_asking(world: Any) -> None:
    from amate.companies.models import Csd

    fault(world, "drop_after")
    invoice = world.claim(world.sale())
    world.settle()
    assert world.invoice(invoice).state == State.UNKNOWN
    world.scoped(lambda: Csd.objects.update(valid_to=world.now()))
    settled(world)
    assert world.invoice(invoice).state == State.STAMPED


def test_a_stamp_that_a_late_run_brings_is_recorded(world: Any) -> None:
    """The run was thought dead and its document stands as unknown; the stamp was checked, so it is true."""
    import asyncio

    from amate.invoices.stamp import record_stamp

    fault(world, "drop_before")
    invoice = world.claim(world.sale())
    world.settle()
    assert world.invoice(invoice).state == State.UNKNOWN
    sealing = world.scoped(lambda: Sealing.objects.get())

    async def call() -> Any:
        (pac,) = world.plugs().pacs
        try:
            return await pac.stamp(bytes(sealing.xml), key=sealing.key)
        finally:
            await pac.aclose()

    stamped = world.inside(lambda: asyncio.run(call()))
    facts = {"invoice_id": invoice.pk, "key": sealing.key, "stamped": stamped, "pac": "sw_sapien"}
    world.scoped(lambda: record_stamp(**facts, now=world.now()))
    settled(world)
    assert world.invoice(invoice).uuid == stamped.uuid
    assert len(world.pac.documents()) == 1


def lost(world: Any) -> Invoice:
    """An invoice whose answer was lost and whose bytes are too old: only a person can go on."""
    world.pac.admin("faults", {"kind": "500_before"})
    invoice = world.claim(world.sale())
    world.settle()
    world.time_passes(hours=80)
    world.settle()
    world.pac.admin("faults", {}, method="DELETE")
    return world.invoice(invoice)


def test_a_person_who_looked_at_the_pacs_list_seals_it_anew(world: Any) -> None:
    invoice = lost(world)
    world.scoped(lambda: seal_anew(invoice_id=invoice.pk, now=world.now()))
    world.settle()
    found = world.invoice(invoice)
    assert (found.state, found.folio, found.ever_ambiguous) == (State.STAMPED, invoice.folio, False)
    assert [d["uuid"].lower() for d in world.pac.documents()] == [str(found.uuid)]
    sealings = world.scoped(lambda: list(Sealing.objects.order_by("id").values_list("superseded_at", flat=True)))
    assert [at is None for at in sealings] == [False, True]
    assert world.scoped(lambda: Promise.objects.open().count()) == 0


@pytest.mark.parametrize("when", ["before 71 h", "never lost", "stamped"])
def test_sealing_anew_is_refused_while_a_machine_can_still_find_out(world: Any, when: str) -> None:
    if when != "stamped":
        world.pac.admin("faults", {"kind": "503" if when == "never lost" else "500_after"})
    invoice = world.claim(world.sale())
    world.settle()
    before = world.invoice(invoice).state
    with pytest.raises(IllegalMove):
        world.scoped(lambda: seal_anew(invoice_id=invoice.pk, now=world.now()))
    assert world.invoice(invoice).state == before


def test_a_pac_that_asks_for_time_gets_it(world: Any) -> None:
    fault(world, "503", retry_after=200)
    world.claim(world.sale())
    asked = world.now()
    world.settle()
    (promise,) = world.scoped(lambda: list(Promise.objects.failing()))
    assert timedelta(seconds=195) < promise.next_try_at - asked < timedelta(seconds=230)
    assert promise.alarm == ""


def test_a_pac_that_asks_for_a_week_does_not_get_it(world: Any) -> None:
    fault(world, "429", retry_after=7 * 86_400)
    world.claim(world.sale())
    asked = world.now()
    world.settle()
    (promise,) = world.scoped(lambda: list(Promise.objects.failing()))
    assert promise.next_try_at - asked < timedelta(minutes=16)


def test_without_credits_it_rings_and_goes_on_by_itself_once_there_are_some(world: Any) -> None:
    world.pac.admin("credits", {"left": 0}, method="PUT")
    invoice = world.claim(world.sale())
    world.settle()
    (promise,) = world.scoped(lambda: list(Promise.objects.failing()))
    assert (promise.alarm, promise.next_try_at is not None) == ("credits", True)
    assert world.invoice(invoice).state == State.SEALED
    world.pac.admin("credits", {"left": 100}, method="PUT")
    world.time_passes(hours=1)
    world.settle()
    assert world.invoice(invoice).state == State.STAMPED
    assert world.scoped(lambda: Promise.objects.get(pk=promise.pk).alarm) == ""


def test_a_stamp_of_bytes_that_were_given_up_rings_and_replaces_nothing(world: Any) -> None:
    """The rare case that `seal_anew` accepts: a run that was thought dead brings the old document's stamp."""
    invoice = lost(world)
    old = world.scoped(lambda: Sealing.objects.get(invoice=invoice))
    world.scoped(lambda: seal_anew(invoice_id=invoice.pk, now=world.now()))
    world.settle()
    stamp = world.scoped(lambda: Stamp.objects.get(invoice=invoice))
    late = Stamped(uuid4(), bytes(old.xml), datetime(2026, 11, 1), "SPR190613I52", "3" * 20, "x", recovered=True)
    record = {"invoice_id": invoice.pk, "key": old.key, "stamped": late, "pac": "sw_sapien", "now": world.now()}
    world.scoped(lambda: record_stamp(**record))  # stamped meanwhile: the late one changes nothing
    assert world.scoped(lambda: Stamp.objects.get(invoice=invoice).uuid) == stamp.uuid

    other = lost(world)
    old = world.scoped(lambda: Sealing.objects.get(invoice=other))
    world.pac.admin("faults", {"kind": "503"})
    world.scoped(lambda: seal_anew(invoice_id=other.pk, now=world.now()))
    world.settle()
    with pytest.raises(LateStamp, match=str(late.uuid)):
        world.scoped(lambda: record_stamp(**(record | {"invoice_id": other.pk, "key": old.key})))
    assert world.invoice(other).state == State.SEALED


def test_a_sealing_names_the_edition_of_the_catalogues_that_it_was_held_to(world: Any) -> None:
    world.claim(world.sale())
    world.settle()
    assert world.scoped(lambda: Sealing.objects.get().catalogs) == catalogs_in_force().version
