"""Many rows at once, copied from one that was made as ever."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from amate.desk.keep_view import save_view
from amate.desk.models import Run, RunPiece
from amate.invoices.models import Invoice
from amate.self_invoicing.models import Claim, Ticket
from tests.web.office import desk
from tests.world import Shop, World


def tickets(
    world: World, count: int, *, shop: Shop | None = None, vary: Callable[[int], dict[str, Any]] | None = None
) -> list[int]:
    """Ids of open notes F-0, F-1, …; `vary(n)` gives what is different of each. The note they are copied from has
    another folio."""
    first = world.sale(shop)

    def make() -> list[int]:
        # Its code is a random one: it must not begin as these folios do, which people search by.
        Ticket.objects.filter(pk=first.pk).update(code=f"Z{first.pk:011d}")
        kept = {f.attname: getattr(first, f.attname) for f in Ticket._meta.fields if f.attname != "id"}
        rows = [
            Ticket(
                **{**kept, "external_id": f"X-{n}", "code": f"{n:012d}", "folio": f"F-{n}", **(vary(n) if vary else {})}
            )
            for n in range(count)
        ]
        return [row.pk for row in Ticket.objects.bulk_create(rows)]

    return world.scoped(make, shop)


def claims(world: World, ticket_ids: list[int], *, shop: Shop | None = None) -> None:
    """Each of these notes claimed by a draft of its own, copied from the draft of one claimed as ever."""
    first = desk.claimed(world, shop=shop)

    def make() -> None:
        claim = Claim.objects.get(invoice=first)
        kept = {f.attname: getattr(first, f.attname) for f in Invoice._meta.fields if f.attname != "id"}
        drafts = Invoice.objects.bulk_create(Invoice(**kept | {"folio": 1000 + n}) for n in range(len(ticket_ids)))
        Claim.objects.bulk_create(
            Claim(ticket_id=ticket_id, invoice=draft, claimed_at=claim.claimed_at)
            for ticket_id, draft in zip(ticket_ids, drafts, strict=True)
        )

    world.scoped(make, shop)


def view(world: World, *, shop: Shop | None = None) -> int:
    """A private view of the owner."""
    owner = (shop or world.shop).owner

    def make() -> int:
        kept = save_view(
            owner_id=owner.pk, listing="notas", name="Abiertas", query="estado=open", shared=False, now=world.now()
        )
        return int(kept.pk)

    return world.scoped(make, shop)


def run(world: World, *, shop: Shop | None = None) -> int:
    """A file that the owner asked for and that is ready."""
    owner = (shop or world.shop).owner

    def make() -> int:
        made = Run.objects.create(
            token=uuid4(),
            act="csv",
            listing="notas",
            zone="America/Mexico_City",
            state=Run.State.DONE,
            state_since=world.now(),
            owner=owner,
            asked_by=owner.email,
            asked_at=world.now(),
            file_name="notas-2026-11-21.csv",
            size=5,
            left_out={"están canceladas": [1]},
        )
        RunPiece.objects.create(run=made, number=0, content=b"Folio")
        return int(made.pk)

    return world.scoped(make, shop)
