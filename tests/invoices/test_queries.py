"""Finding an invoice by what people remember of it."""

from amate.invoices.queries import invoices_in
from tests.people import FISICA
from tests.world import World


def test_the_beginning_of_an_rfc_finds_names_with_ene_and_ampersand(world: World) -> None:
    for rfc in ("PEÑA740919U48", "PE&A740919U48", "PEZA740919U48", "PFAA740919U48"):
        world.claim(world.sale(), {**FISICA, "rfc": rfc})
    found = world.scoped(lambda: {one.rfc for one in invoices_in(state="", origin="", text="pe")})
    assert found == {"PEÑA740919U48", "PE&A740919U48", "PEZA740919U48"}
    assert world.scoped(lambda: invoices_in(state="", origin="", text="peñ").count()) == 1
