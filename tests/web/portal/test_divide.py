"""Who holds a note divides it where the company lets him; who comes with its code finds the way to its parts, and nothing of
whoever has one."""

from decimal import Decimal

from amate.companies.models import PortalPolicy
from amate.invoices.models import State
from amate.self_invoicing.models import Claim, Ticket
from tests.self_invoicing.test_refund import TOTAL, sold
from tests.web.portal.buyer import Buyer, words
from tests.world import World


def allowed(world: World, is_so: bool = True) -> None:
    world.scoped(lambda: PortalPolicy.objects.update(may_split=is_so))


def parts(world: World) -> list[Ticket]:
    return world.scoped(lambda: list(Ticket.objects.filter(rejoined_at=None, split_of__isnull=False).order_by("pk")))


HALVES = {"accion": "proporcion", "proporcion_0": "1", "proporcion_1": "1"}


def test_nobody_divides_it_here_unless_the_company_says_so(world: World) -> None:
    note = sold(world)
    buyer = Buyer(world.shop)
    buyer.opens(note)
    assert "Dividirla entre varios" not in words(buyer.get("datos/"))
    assert buyer.post("dividir/", HALVES).headers["Location"] == buyer.url("datos/")
    assert parts(world) == []


def test_two_friends_share_a_dinner(world: World) -> None:
    allowed(world)
    note = sold(world)
    ana, beto = Buyer(world.shop), Buyer(world.shop)
    ana.opens(note)
    assert "Dividirla entre varios" in words(ana.get("datos/"))
    assert "Todo entre 2" in words(ana.get("dividir/"))
    assert ana.post("dividir/?partes=2", HALVES | {"proporcion_1": "0"}).status_code == 422
    assert ana.post("dividir/?partes=2", HALVES).headers["Location"] == ana.url("partes/")
    first, second = parts(world)
    assert first.total + second.total == Decimal(TOTAL)
    page = words(ana.get("partes/"))
    assert "Esta nota se dividió en 2" in page
    assert "Volver a unirla" in page
    ana.gets_it(first)
    world.settle()
    assert world.scoped(lambda: Claim.objects.get(ticket=first).invoice.state) == State.STAMPED

    assert beto.opens(note).headers["Location"] == beto.url("partes/")
    seen = words(beto.get("partes/"))
    assert "Ya tiene factura" in seen
    assert "Volver a unirla" not in seen
    assert first.code[:4] + "-" not in seen
    assert second.code[:4] + "-" in seen
    rfc = world.scoped(lambda: Claim.objects.get(ticket=first).invoice.rfc)
    assert rfc not in seen
    assert beto.post("unir/").headers["Location"] == beto.url("partes/")
    assert len(parts(world)) == 2
    beto.gets_it(second)
    world.settle()
    told = world.scoped(lambda: sum(one.invoice.total for one in Claim.objects.select_related("invoice")))
    assert told == Decimal(TOTAL)


def test_it_is_whole_again_and_a_parts_code_says_so(world: World) -> None:
    allowed(world)
    note = sold(world)
    ana = Buyer(world.shop)
    ana.opens(note)
    ana.post("dividir/?partes=2", HALVES)
    part = parts(world)[0]
    assert ana.post("unir/").headers["Location"] == ana.url("datos/")
    assert parts(world) == []
    other = Buyer(world.shop)
    assert other.opens(part).headers["Location"] == other.url("aviso/")
    assert "Esta parte se volvió a unir a su nota" in words(other.get("aviso/"))
    assert note.code not in words(other.get("aviso/")).replace("-", "")


def test_not_again_and_again(world: World) -> None:
    allowed(world)
    note = sold(world)
    ana = Buyer(world.shop)
    ana.opens(note)
    for _ in range(6):
        assert ana.post("dividir/?partes=2", HALVES).status_code == 302
        ana.post("unir/")
    assert "ya se dividió varias veces hoy" in words(ana.post("dividir/?partes=2", HALVES))
    assert parts(world) == []


def test_where_it_is_not_allowed_any_more_only_staff_unite_it(world: World) -> None:
    allowed(world)
    note = sold(world)
    ana = Buyer(world.shop)
    ana.opens(note)
    ana.post("dividir/?partes=2", HALVES)
    allowed(world, False)
    assert "Volver a unirla" not in words(ana.get("partes/"))
    assert ana.post("unir/").headers["Location"] == ana.url("partes/")
    assert len(parts(world)) == 2


def test_a_part_below_the_least_total_is_a_part_of_a_sale_above_it(world: World) -> None:
    world.scoped(lambda: PortalPolicy.objects.update(may_split=True, minimum=200))
    note = sold(world)
    ana = Buyer(world.shop)
    ana.opens(note)
    ana.post("dividir/?partes=2", HALVES)
    first, second = parts(world)
    assert max(first.total, second.total) < 200
    ana.gets_it(first)
    world.settle()
    assert world.scoped(lambda: Claim.objects.get(ticket=first).invoice.state) == State.STAMPED
