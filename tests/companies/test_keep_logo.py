"""Whatever picture comes in, only pixels of ours are kept."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from amate.audit.models import Entry
from amate.companies.branches import BranchFacts, add_branch
from amate.companies.change_emisor import change_texts
from amate.companies.keep_logo import LIGHT, LogoRefused, drop_logo, keep_logo
from amate.companies.look import look_of
from amate.companies.models import Branch, Emisor, Logo
from amate.invoices.models import Stamp
from amate.invoices.pdf import pdf_of
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.note import print_note
from tests.papers.reading import spaced, text_of
from tests.web.portal.buyer import Buyer
from tests.world import World


def picture(size: tuple[int, int] = (300, 120), kind: str = "PNG", mode: str = "RGB", **more: Any) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, "#0b5f4d" if mode != "L" else 90).save(file, kind, **more)
    return file.getvalue()


def keep(world: World, content: bytes) -> str:
    return world.scoped(lambda: keep_logo(file=io.BytesIO(content), branch_id=None, now=world.now()))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_it_keeps_any_of_the_three_as_png(world: World, kind: str) -> None:
    version = keep(world, picture(kind=kind))
    logo = world.scoped(lambda: Logo.objects.get())
    for kept in (logo.print_png, logo.screen_png):
        assert Image.open(io.BytesIO(bytes(kept))).format == "PNG"
    assert world.scoped(lambda: Emisor.objects.get().logo) == version
    assert world.scoped(lambda: Entry.objects.latest("id").act) == "logo.kept"


def test_nothing_but_pixels_is_left(world: World) -> None:
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", "<script>alert(1)</script>")
    keep(world, picture(pnginfo=said) + b"<script>alert(2)</script>")
    logo = world.scoped(lambda: Logo.objects.get())
    assert b"script" not in bytes(logo.print_png) + bytes(logo.screen_png)
    assert b"tEXt" not in bytes(logo.print_png)


def test_a_large_one_is_drawn_smaller_and_the_screens_one_is_light(world: World) -> None:
    noisy = Image.effect_noise((1400, 900), 90).convert("RGB")
    file = io.BytesIO()
    noisy.save(file, "WEBP", quality=60)
    keep(world, file.getvalue())
    logo = world.scoped(lambda: Logo.objects.get())
    assert Image.open(io.BytesIO(bytes(logo.print_png))).size == (233, 150)
    assert len(bytes(logo.screen_png)) <= LIGHT


def bomb() -> bytes:
    """Four kilobytes that say they are 30,000 points a side."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1_000_000)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "Es un SVG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "Es un SVG"),
        (picture() + b"\0" * 40_000_000, "pesa más de 2 MB"),
        (picture(size=(4001, 20)), "4001 × 20 puntos y caben 4000"),
        (picture(size=(15, 15)), "muy chica"),
        (bomb(), "demasiados puntos: caben 4000 por lado"),
        (picture()[:200], "No pudimos leer la imagen"),
        (picture(kind="GIF"), "No pudimos leer la imagen"),
        (b"%PDF-1.7 no es una imagen", "No pudimos leer la imagen"),
        (b"", "No pudimos leer la imagen"),
    ],
    ids=["svg", "svg after a mark", "40 MB", "wide", "tiny", "bomb", "broken", "gif", "pdf", "empty"],
)
def test_what_is_no_good_is_refused_and_the_one_before_stays(world: World, content: bytes, sentence: str) -> None:
    before = keep(world, picture())
    with pytest.raises(LogoRefused, match=sentence):
        keep(world, content)
    assert world.scoped(lambda: Emisor.objects.get().logo) == before
    assert world.scoped(lambda: Logo.objects.count()) == 1


def test_it_can_be_taken_away(world: World) -> None:
    keep(world, picture(mode="L"))
    world.scoped(lambda: drop_logo(branch_id=None, now=world.now()))
    assert world.scoped(lambda: (Emisor.objects.get().logo, Logo.objects.count())) == ("", 0)


# ------------------------------------------------------------ of a branch


def test_a_branch_has_a_logo_of_its_own_and_the_others_keep_the_companys(world: World) -> None:
    company = keep(world, picture())

    def act() -> str:
        facts = BranchFacts(code="norte", nombre="Norte", cp="22000", serie="N", address="")
        branch = add_branch(facts=facts, now=world.now())
        own = keep_logo(file=io.BytesIO(picture((200, 200))), branch_id=branch.pk, now=world.now())
        there, here = Branch.objects.get(pk=branch.pk), Branch.objects.get(code=world.shop.branch.code)
        emisor = Emisor.objects.get()
        assert (there.logo, here.logo, emisor.logo) == (own, "", company)
        looks = [look_of(emisor, branch=one).logo_svg_or_png for one in (there, here)]
        sizes = [Image.open(io.BytesIO(one or b"")).size for one in looks]
        assert sizes == [(150, 150), (300, 120)]
        drop_logo(branch_id=branch.pk, now=world.now())
        there.refresh_from_db()
        assert look_of(emisor, branch=there).logo_svg_or_png == looks[1]
        return own

    assert world.scoped(act) != company


def test_the_portal_shows_the_logo_of_where_he_bought(world: World) -> None:
    keep(world, picture())
    ticket = world.sale()
    pk = world.shop.branch.pk
    version = world.scoped(lambda: keep_logo(file=io.BytesIO(picture((200, 200))), branch_id=pk, now=world.now()))
    buyer = Buyer(world.shop)
    assert "-/logo.png?v=" in buyer.get("").content.decode()
    buyer.opens(ticket)
    assert f"-/logo-{pk}.png?v={version}" in buyer.get("datos/").content.decode()
    drawn = buyer.get(f"-/logo-{pk}.png")
    assert Image.open(io.BytesIO(drawn.content)).size == (96, 96)
    assert buyer.get("-/logo-999999.png").status_code == 404


def test_the_papers_show_it_and_another_drawing_is_another_pdf(world: World) -> None:
    invoice, ticket = world.claim(world.sale()), world.sale()
    world.settle()
    pk = world.shop.branch.pk

    def papers() -> tuple[bytes, bytes]:
        stamp = Stamp.objects.select_related("invoice__branch").get(invoice=invoice.pk)
        found = Ticket.objects.select_related("branch").get(pk=ticket.pk)
        return pdf_of(stamp), print_note(ticket=found, site="x.mx", qr_url="https://x.mx/1")

    before = world.scoped(papers)
    world.scoped(lambda: keep_logo(file=io.BytesIO(picture()), branch_id=pk, now=world.now()))
    after = world.scoped(papers)
    assert before[0] != after[0]
    assert before[1] != after[1]
    world.scoped(lambda: change_texts(foot_note="Cambios en 30 días", welcome="", now=world.now()))
    assert all("Cambios en 30 días" in spaced(text_of(pdf)) for pdf in world.scoped(papers))
