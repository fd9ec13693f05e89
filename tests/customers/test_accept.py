"""The base of customers follows what the SAT has confirmed (FEATURES 27)."""

from typing import Any

from amate.customers.accept import accept_profile
from amate.customers.change import verify_customer
from amate.customers.models import Contact, Customer, FiscalProfile
from amate.invoices.models import Origin
from tests.billing_cycle.subscriptions.wheel import Wheel
from tests.customers.hands import calls
from tests.people import FISICA, MORAL
from tests.web.office import desk


def customers(world: Any) -> list[Customer]:
    return world.scoped(lambda: list(Customer.objects.order_by("number")))


def versions(world: Any) -> list[tuple[str, str, bool]]:
    rows = world.scoped(lambda: list(FiscalProfile.objects.order_by("id")))
    return [(p.domicilio_fiscal, p.uso_cfdi, p.superseded_at is None and p.accepted_at is not None) for p in rows]


def buys(world: Any, who: dict[str, str]) -> None:
    world.claim(world.sale(), who)
    world.settle()


def test_a_proposal_makes_no_customer_before_the_stamp(world: Any) -> None:
    world.claim(world.sale(), FISICA)
    assert customers(world) == []
    world.settle()
    assert [c.rfc for c in customers(world)] == [FISICA["rfc"]]


def test_a_new_rfc_is_inserted_and_a_known_one_updated(world: Any) -> None:
    buys(world, FISICA)
    buys(world, MORAL)
    buys(world, {**FISICA, "cp": "44100", "uso_cfdi": "S01"})
    assert [(c.number, c.rfc) for c in customers(world)] == [(1, FISICA["rfc"]), (2, MORAL["rfc"])]
    assert versions(world) == [("76028", "G03", False), ("44160", "G03", True), ("44100", "S01", True)]


def test_the_same_data_again_make_no_new_version(world: Any) -> None:
    buys(world, FISICA)
    buys(world, FISICA)
    assert versions(world) == [("76028", "G03", True), ("76028", "G03", False)]


def test_a_mail_from_the_counter_is_added_and_never_replaced(world: Any) -> None:
    for mail in ("", "primero@example.com", "segundo@example.com"):
        desk.stamped(world, correo=mail, origin=Origin.COUNTER)
    assert customers(world)[0].correo == "primero@example.com"


def test_what_a_visitor_types_never_becomes_the_customers_own_mail(world: Any) -> None:
    """Anybody may type anybody's RFC: the counter would offer to send the next invoice there (decision 0009)."""
    buys(world, FISICA)
    buys(world, {**FISICA, "correo": "segundo@example.com"})
    assert customers(world)[0].correo == ""


def test_a_refused_proposal_touches_nobody(world: Any) -> None:
    buys(world, FISICA)
    world.pac.admin("lists", {"mode": "strict", "receivers": {FISICA["rfc"]: {"cp": "76028"}}}, method="PUT")
    buys(world, {**FISICA, "cp": "44100"})
    assert versions(world) == [("76028", "G03", True), ("44100", "G03", False)]
    assert customers(world)[0].nombre == "INGRID XODAR JIMENEZ"


def test_a_search_name_has_no_accents(world: Any) -> None:
    buys(world, MORAL)
    assert customers(world)[0].search_name == "surco diseno"


def verified(world: Any) -> Customer:
    customer = customers(world)[0]
    return world.scoped(lambda: verify_customer(customer_id=customer.pk, now=world.now()))


def waiting(world: Any) -> list[tuple[str, str]]:
    rows = world.scoped(lambda: list(FiscalProfile.objects.to_review().order_by("id")))
    return [(one.domicilio_fiscal, one.uso_cfdi) for one in rows]


def test_a_verified_customer_only_gets_a_proposal(world: Any) -> None:
    buys(world, FISICA)
    verified(world)
    buys(world, {**FISICA, "cp": "44100"})
    assert waiting(world) == [("44100", "G03")]
    assert versions(world) == [("76028", "G03", True), ("44100", "G03", False)]
    assert customers(world)[0].nombre == "INGRID XODAR JIMENEZ"


def test_a_subscriber_only_gets_a_proposal(world: Any) -> None:
    buys(world, FISICA)
    (customer,) = customers(world)
    assert customer.verified_at is None
    wheel = Wheel(world)
    wheel.subscribe(customer, wheel.plan(), "2026-12-01")
    buys(world, {**FISICA, "cp": "44100"})
    assert waiting(world) == [("44100", "G03")]
    assert versions(world) == [("76028", "G03", True), ("44100", "G03", False)]


def test_the_same_proposal_again_waits_once(world: Any) -> None:
    buys(world, FISICA)
    verified(world)
    for cp in ("44100", "44100", "44160"):
        buys(world, {**FISICA, "cp": cp})
    assert waiting(world) == [("44100", "G03"), ("44160", "G03")]
    buys(world, FISICA)
    assert len(waiting(world)) == 2


def test_a_mail_from_the_portal_becomes_a_contact_that_receives_nothing(world: Any) -> None:
    for mail in ("primero@example.com", "segundo@example.com", "Segundo@example.com", "primero@example.com"):
        buys(world, {**FISICA, "correo": mail})
    kept = world.scoped(
        lambda: list(Contact.objects.order_by("id").values_list("correo", "origin", "receives_invoices"))
    )
    assert kept == [("primero@example.com", "portal", False), ("segundo@example.com", "portal", False)]


def test_a_proposal_that_was_accepted_twice_at_once_stays_current(world: Any) -> None:
    """Two workers read it before either had written: the second must not supersede what it is itself."""
    world.claim(world.sale(), FISICA)

    def twice() -> None:
        first = FiscalProfile.objects.get()
        second = FiscalProfile.objects.get()
        accept_profile(profile=first, now=world.now())
        accept_profile(profile=second, now=world.now())

    world.scoped(twice)
    assert versions(world) == [("76028", "G03", True)]


def test_invoices_go_to_the_contacts_that_receive_them_too(world: Any) -> None:
    buys(world, {**FISICA, "correo": ""})
    ingrid = customers(world)[0]
    calls(world, ingrid, correo="contador@example.com", receives_invoices=True)
    calls(world, ingrid, correo="luz@example.com")
    buys(world, FISICA)
    assert sorted(mail["To"] for mail in world.mail.mails) == ["contador@example.com", "ingrid@example.com"]
    buys(world, {**FISICA, "correo": "contador@example.com"})  # of one occasion, one mail to each address
    assert [mail["To"] for mail in world.mail.mails].count("contador@example.com") == 2
