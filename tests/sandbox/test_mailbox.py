"""The mailbox of the demo: what a buyer would have received, as a page."""

from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from amate.sandbox.mailbox import Mailbox, create_app

LINK = "http://127.0.0.1:8000/f/tienda/d/abc/"


@pytest.fixture
def http(tmp_path: Path) -> httpx.AsyncClient:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Tu factura <1>", "Tienda <a@b.example>", "ana@example.com"
    mail["Date"] = "Sun, 22 Nov 2026 23:21:46 -0000"
    mail.set_content(f"Hola:\n{LINK}\n")
    mail.add_alternative("<p>Hola <script>alert(1)</script></p>", subtype="html")
    mail.add_attachment(b"<x/>", maintype="application", subtype="xml", filename="f.xml")
    (tmp_path / "000001.eml").write_bytes(bytes(mail))
    box = create_app(Mailbox(tmp_path))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=box), base_url="http://mail")


async def test_it_lists_what_was_sent_with_the_hour_of_the_shop(http: httpx.AsyncClient) -> None:
    page = (await http.get("/")).text
    assert "Tu factura &lt;1&gt;" in page
    assert "22/11/2026 17:21" in page


async def test_the_links_of_a_mail_can_be_followed(http: httpx.AsyncClient) -> None:
    assert f'<a href="{LINK}">{LINK}</a>' in (await http.get("/1")).text


async def test_a_letter_is_drawn_without_its_scripts(http: httpx.AsyncClient) -> None:
    letter = await http.get("/1/carta")
    assert "<p>Hola" in letter.text
    policy = letter.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.startswith("sandbox")
    assert "allow-scripts" not in policy


async def test_an_attachment_is_saved_and_never_opened(http: httpx.AsyncClient) -> None:
    file = await http.get("/1/0")
    assert (file.content, file.headers["Content-Disposition"]) == (b"<x/>", "attachment")
