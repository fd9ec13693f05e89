"""Every mail this half sends, as its reader gets it: its form, its words, its twin in text."""

import io
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from amate.companies.keep_logo import keep_logo
from amate.invoices.models import Origin
from amate.messages.models import MailSettings
from amate.messages.set_mail import MailFacts
from amate.messages.try_mail import promise_test_mail
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.send_note import promise_note
from tests.messages.fiscal_letters import LETTERS
from tests.messages.ways import keep
from tests.people import FISICA
from tests.web.office import desk
from tests.world import World

TO = "ingrid@example.com"
HEAVIEST = 80_000  # bytes of XML and PDF together (FACE 13: about that)
# Words that the law, good manners or our own style keep out (OUTSIDE MSG-8, FACE 3).
FORBIDDEN = re.compile(
    r"\b(demanda|juzgado|embargo|legal|urgente|último aviso|promoción|oferta|descuento|click|clic aquí|timbrado|CFDI"
    r"|ud|uds|email|e-mail)\b",
    re.IGNORECASE,
)
# Common words that lose their accent when somebody is in a hurry.
UNACCENTED = re.compile(
    r"\b(codigo|facturacion|direccion|pagina|telefono|aqui|tambien|asi|numero|dia|dias|linea|ultimo|mas|esta lista"
    r"|invitacion|termino el|validez? fisca[^l]|electronico|contrasena|rapido)\b",
    re.IGNORECASE,
)
TU = re.compile(r"\b(tu|tus|te|puedes|responde|pide|necesitas|copia|tienes|esperabas|gracias a ti)\b", re.IGNORECASE)


def invoice_of_the_portal(world: World) -> None:
    world.claim(world.sale(), {**FISICA, "correo": TO})


def invoice_of_the_counter(world: World) -> None:
    desk.claimed(world, correo=TO, origin=Origin.COUNTER)


def note(world: World) -> None:
    ticket = world.sale()
    world.scoped(lambda: promise_note(ticket=ticket, to=TO, now=world.now()))


def late_note(world: World) -> None:
    ticket = world.sale()
    world.scoped(lambda: Ticket.objects.filter(pk=ticket.pk).update(deadline=ticket.sold_at))
    world.scoped(lambda: promise_note(ticket=ticket, to=TO, now=world.now()))


def invitation(world: World) -> None:
    world.scoped(lambda: desk.invited(world, email=TO))


def trial(world: World) -> None:
    world.scoped(lambda: promise_test_mail(to=TO, now=world.now()))


KINDS: dict[str, Callable[[World], None]] = {
    "factura-portal": invoice_of_the_portal,
    "factura": invoice_of_the_counter,
    "nota": note,
    "nota-tarde": late_note,
    "invitacion": invitation,
    "prueba": trial,
    **LETTERS,
}


def written(world: World, kind: str, *, usted: bool = False, logo: bool = False) -> EmailMessage:
    if usted:
        keep(world, MailFacts(way=MailSettings.HOUSE, usted=True))
    if logo:
        keep_a_logo(world)
    KINDS[kind](world)
    world.settle()
    (mail,) = world.mail.mails
    return mail


def keep_a_logo(world: World) -> None:
    file = io.BytesIO()
    drawn = Image.new("RGBA", (900, 300))
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((10, 10, 290, 290), fill="#0b5f4d")
    pen.text((320, 60), "El Amate", fill="#7a3b10", font_size=130)
    drawn.save(file, "PNG")
    file.seek(0)
    world.scoped(lambda: keep_logo(file=file, branch_id=None, now=world.now()))


def html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def visible(html: str) -> str:
    import html as entities

    bare = re.sub(r"<(style|title).*?</\1>|</?span[^>]*>", "", html, flags=re.DOTALL)
    return " ".join(entities.unescape(re.sub(r"<[^>]+>", " ", bare)).split())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("usted", [False, True], ids=["tú", "usted"])
def test_every_mail_keeps_the_form(world: World, kind: str, usted: bool) -> None:
    mail = written(world, kind, usted=usted)
    html, text = html_of(mail), text_of(mail)
    said = visible(html)
    for whole in (mail["Subject"], said, text):
        assert not FORBIDDEN.findall(whole), whole
        assert not UNACCENTED.findall(re.sub(r"https?:\S+", "", whole)), whole
        assert "None" not in whole
        assert "{{" not in whole
        if usted and kind != "prueba":  # a test is for who set it up
            assert not TU.findall(whole.replace("copia de", "")), whole
    goodbye = "¿Dudas? Responda a este correo o llame al" if usted else "¿Dudas? Responde a este correo o llama al"
    assert f"{goodbye} 33 1234 5678." in text
    assert f"{goodbye} 33 1234 5678." in said
    assert 'width="560"' in html
    assert "max-width:560px" in html
    assert "prefers-color-scheme:dark" in html
    assert ".m-logo{background:#ffffff!important;color:#1c2422!important" in html, (
        "its name is read where pictures are off"
    )
    assert html.count("display:none;max-height:0") == 1, "the preheader"
    assert len(re.findall(r"<a [^>]*display:inline-block", html)) <= 1, "one main button"
    assert "<script" not in html
    assert not re.findall(r'(?:src|background)="https?:', html), "nothing is fetched: no tracking pixel"
    assert mail["Reply-To"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in mail
    # The twin says the same: each sentence's figures are in both.
    for figure in set(re.findall(r"\$[\d,]+\.\d\d|\b[A-Z]+-\d+\b", said)):
        assert figure in text, figure


@pytest.mark.parametrize("kind", ["factura-portal", "factura"])
def test_a_simulated_invoice_says_that_it_is_worth_nothing(world: World, kind: str) -> None:
    mail = written(world, kind)
    assert "MUESTRA SIN VALIDEZ FISCAL" in text_of(mail)
    assert "MUESTRA SIN VALIDEZ FISCAL" in html_of(mail)


@pytest.mark.parametrize("logo", [False, True])
def test_the_files_of_an_invoice_are_light(world: World, logo: bool) -> None:
    mail = written(world, "factura", logo=logo)
    files = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    assert {Path(str(name)).suffix for name in files} == {".xml", ".pdf"}
    assert sum(len(content) for content in files.values()) <= HEAVIEST


def test_the_logo_rides_in_the_mail_and_is_light(world: World) -> None:
    mail = written(world, "nota", logo=True)
    html = html_of(mail)
    assert 'src="cid:logo@amate"' in html
    (picture,) = [part for part in mail.walk() if part["Content-ID"] == "<logo@amate>"]
    assert picture.get_content_type() == "image/png"
    assert len(picture.get_payload(decode=True)) <= 10_000
    assert 'alt="Cafetería El Amate"' in html


def test_without_a_logo_the_name_stands_at_the_head(world: World) -> None:
    mail = written(world, "nota")
    assert "cid:" not in html_of(mail)
    assert visible(html_of(mail)).count("Cafetería El Amate") == 1


def test_what_is_typed_cannot_write_html(world: World) -> None:
    from amate.companies.models import Emisor

    world.scoped(lambda: Emisor.objects.update(nombre_comercial="<b>Casa</b> & Hijos"))
    mail = written(world, "nota")
    assert "<b>Casa" not in html_of(mail)
    assert "<b>Casa</b> & Hijos" in text_of(mail)
    assert "\n" not in mail["Subject"]


def test_a_late_note_sends_to_the_shop(world: World) -> None:
    mail = written(world, "nota-tarde")
    assert "pide tu factura en la tienda" in text_of(mail)
    assert "<a " not in html_of(mail)


def test_the_counters_invoice_tells_its_day(world: World) -> None:
    mail = written(world, "factura")
    assert re.search(r"Adjuntamos tu factura AF-1 del \d+ de [a-z]+ de 20\d\d, por \$", text_of(mail))
    assert mail["Subject"].startswith("Tu factura AF-1 por $")
