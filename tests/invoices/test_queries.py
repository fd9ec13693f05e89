"""Finding an invoice by what people remember of it."""

from amate.invoices.models import Invoice
from amate.invoices.queries import meant
from tests.people import FISICA
from tests.world import World


def test_the_beginning_of_an_rfc_finds_names_with_ene_and_ampersand(world: World) -> None:
    for rfc in ("PEÑA740919U48", "PE&A740919U48", "PEZA740919U48", "PFAA740919U48"):
        world.claim(world.sale(), {**FISICA, "rfc": rfc})
    found = world.scoped(lambda: {one.rfc for one in Invoice.objects.filter(meant("pe"))})
    assert found == {"PEÑA740919U48", "PE&A740919U48", "PEZA740919U48"}
    assert world.scoped(lambda: Invoice.objects.filter(meant("peñ")).count()) == 1
