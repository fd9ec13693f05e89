import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.web.office import desk
from tests.world import PASSWORD

OUT=Path("/tmp/shots"); OUT.mkdir(exist_ok=True)
def test_shots(world):
    from amate.self_invoicing.models import Ticket
    from tests.servers import serve_site
    for i in range(3): desk.stamped(world, correo="ingrid@example.com" if i else "")
    world.mail.refuse.add("no@existe.example")
    inv=desk.stamped(world, correo="no@existe.example")
    ref=desk.refused_for_staff(world)
    for i in range(6): world.sale()
    way=desk.claimed(world)
    ok=desk.stamped(world, correo="ingrid@example.com", origin="counter")
    world.scoped(lambda: Ticket.objects.filter(pk__lt=3).update(state="void"))
    from amate.self_invoicing.models import Claim
    t=world.scoped(lambda: Claim.objects.get(invoice_id=ok.pk).ticket_id)
    s=world.shop.slug
    pages={"login":"/cuenta/login/","home":f"/oficina/{s}/","notas":f"/oficina/{s}/notas/","nota":f"/oficina/{s}/notas/{t}/","facturas":f"/oficina/{s}/facturas/","factura":f"/oficina/{s}/facturas/{ok.pk}/","rechazada":f"/oficina/{s}/facturas/{ref.pk}/","correo":f"/oficina/{s}/facturas/{inv.pk}/","pendientes":f"/oficina/{s}/pendientes/","mfa":"/cuenta/2fa/","totp":"/cuenta/2fa/totp/activate/","salir":"/cuenta/logout/","empresas":"/oficina/","404":f"/oficina/{s}/facturas/999999/","vacia":f"/oficina/{world.other.slug}/","vacianotas":f"/oficina/{s}/notas/?q=ZZZ"}
    from amate.access.models import Membership
    world.inside(lambda: Membership.objects.create(user=world.shop.owner, company=world.other.company, role="cashier"))
    with serve_site() as base, sync_playwright() as p:
        b=p.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for w,h in ((1280,800),(390,844)):
            for theme in ("light","dark"):
                c=b.new_context(viewport={"width":w,"height":h}, color_scheme=theme, locale="es-MX")
                page=c.new_page(); page.on("console", lambda m: print("CONSOLE", m.text))
                page.goto(base+"/cuenta/login/"); page.screenshot(path=OUT/f"login-{w}-{theme}.png", full_page=True)
                page.fill("[name=login]", world.shop.owner.email); page.fill("[name=password]", PASSWORD); page.click("main button")
                print(page.url)
                for name,path in pages.items():
                    if name=="login" or (theme=="dark" and w==390 and name not in("home","factura")): continue
                    r=page.goto(base+path); print(name, r.status, page.url)
                    page.screenshot(path=OUT/f"{name}-{w}-{theme}.png", full_page=True)
        b.close()
