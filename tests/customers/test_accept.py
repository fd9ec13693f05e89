"""The base of customers follows what the SAT has confirmed (FEATURES 27)."""

from typing import Any

from amate.customers.models import Customer, FiscalProfile
from tests.people import FISICA, MORAL


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


def test_mail_is_added_and_never_replaced(world: Any) -> None:
    buys(world, {**FISICA, "correo": ""})
    assert customers(world)[0].correo == ""
    buys(world, {**FISICA, "correo": "primero@example.com"})
    buys(world, {**FISICA, "correo": "segundo@example.com"})
    assert customers(world)[0].correo == "primero@example.com"


def test_a_refused_proposal_touches_nobody(world: Any) -> None:
    buys(world, FISICA)
    world.pac.admin("lists", {"mode": "strict", "receivers": {FISICA["rfc"]: {"cp": "76028"}}}, method="PUT")
    buys(world, {**FISICA, "cp": "44100"})
    assert versions(world) == [("76028", "G03", True), ("44100", "G03", False)]
    assert customers(world)[0].nombre == "INGRID XODAR JIMENEZ"


def test_a_search_name_has_no_accents(world: Any) -> None:
    buys(world, MORAL)
    assert customers(world)[0].search_name == "surco diseno"
