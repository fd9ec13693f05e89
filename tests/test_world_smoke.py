from amate.fiscal.receptor import Receptor
from amate.self_invoicing.claim import claim_ticket
from amate.invoices.models import Invoice, Origin

def test_smoke(world):
    t = world.sale()
    r = Receptor("XOJI740919U48","INGRID XODAR JIMENEZ","76028","612","G03")
    inv = world.scoped(lambda: claim_ticket(ticket_id=t.pk, receptor=r, correo="a@b.mx", origin=Origin.PORTAL, now=world.now()))
    world.settle()
    i = world.scoped(lambda: Invoice.objects.get(pk=inv.pk))
    from amate.promises.models import Promise
    print([(p.kind,p.done_at,p.last_error) for p in world.scoped(lambda: list(Promise.objects.all()))])
    print(i.state, i.refusal, i.uuid, len(world.mail.mails))
    assert i.state=="stamped"
    assert len(world.mail.mails)==1
