"""A shop's own page, of another origin and with a strict CSP, leads into the portal: by button, by form, and without script."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from amate.self_invoicing.codes import show_code
from tests.browser.person import Person
from tests.world import World


@contextmanager
def shop_page(site: str, portal: str, inside: str) -> Iterator[str]:
    """The address of a page of another origin; its CSP lets in the portal's script and nothing else."""
    body = (
        f'<!doctype html><html lang="es"><meta charset="utf-8"><title>Gracias</title><script src="{site}{portal}-/factura.js" '
        f"defer></script><main><h1>Gracias</h1>{inside}</main></html>"
    ).encode()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", f"default-src 'none'; script-src {site}; img-src 'self'")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/gracias"
        server.shutdown()


@pytest.mark.parametrize("script", [True, False])
def test_a_page_of_another_site_leads_into_the_portal(world: World, site: str, browser: Browser, script: bool) -> None:
    ticket, portal = world.sale(), world.shop.portal
    buyer = Person(browser, site + portal, script=script)
    link = f'<a href="{site}{portal}">Facturar mi compra</a>'
    inside = (
        f'<amate-factura id="nota" codigo="{show_code(ticket.code)}" total="{ticket.total}" texto="Facturar esta compra">'
        f'{link}</amate-factura><amate-factura id="forma" formulario>{link}</amate-factura>'
    )
    with shop_page(site, portal, inside) as shop:
        buyer.page.goto(shop)
        if not script:
            buyer.page.click("#forma a")
            assert buyer.page.url == site + portal
            return
        assert buyer.page.locator("iframe").count() == 0
        shown = buyer.page.locator("#forma button").evaluate("one => getComputedStyle(one).backgroundColor")
        assert shown == "rgb(31, 81, 53)"  # its own sheet, although the page's CSP lets no style in
        buyer.page.get_by_role("link", name="Facturar esta compra").click()
        buyer.page.wait_for_url(f"{site}{portal}datos/")
        buyer.page.goto(shop)
        code, total = buyer.page.get_by_label("Código de facturación"), buyer.page.get_by_label("Total de tu compra")
        code.fill("7K4M")
        buyer.page.get_by_role("button", name="Facturar mi compra").click()
        assert "12 letras" in buyer.page.get_by_role("alert").inner_text()
        code.fill(show_code(ticket.code).lower())
        total.fill(f"$ {ticket.total:,.2f}")
        total.press("Enter")
        buyer.page.wait_for_url(f"{site}{portal}datos/")
    assert ticket.code not in buyer.page.url
    assert not buyer.said
