import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from amate.fiscal.qr import verification_url
from amate.fiscal.tfd import NotBelieved, Timbre, read_timbre
from amate.fiscal.xml import MalformedXml
from amate.papers.cfdi import cfdi_pdf
from amate.papers.facts import CannotPrint
from amate.papers.look import Look
from tests.corpus import CORPUS, needs_corpus
from tests.papers.reading import (
    POINTS_PER_MM,
    attached,
    black_width_mm,
    fonts_of,
    overprinted,
    pages_of,
    picture_of,
    qr_of,
    spaced,
    squeezed,
    text_of,
    words_of,
)
from tests.papers.samples import CFDI, THREE, Row, add, stamped

LOOK = Look(nombre_comercial="Ferretería La Palma")
LEGEND = "Este documento es una representación impresa de un CFDI"
BAND = "MUESTRA SIN VALIDEZ FISCAL"
HOSTILE = '#import "x" #panic(1) $a^2$ *b* _c_ \\ \\u{41} @ref <lab> `raw` // no /* no */ [d] {e} ~ -- "q" \'r\' https://x.mx/#1'


def printed(xml: bytes, *, look: Look = LOOK, portal_origin: bool = False) -> bytes:
    return cfdi_pdf(xml, look=look, portal_origin=portal_origin)


def url_of(xml: bytes, timbre: Timbre) -> str:
    root = etree.fromstring(xml)
    return verification_url(
        uuid=str(timbre.uuid),
        rfc_emisor="FPA010203AB1",
        rfc_receptor="SDI190823KX4",
        total=Decimal(root.get("Total", "")),
        sello=timbre.sello_cfd,
    )


def many(count: int) -> list[Row]:
    return [("1", f"Producto número {number} de la lista", "10.00", "10.00") for number in range(1, count + 1)]


def rich() -> bytes:
    """Every kind of tax, a discount, relations, a third party and numbers that only some lines carry."""
    root = etree.fromstring(stamped(CondicionesDePago="Crédito a 30 días", Descuento="75.00"))
    concepts = root.findall(f".//{{{CFDI}}}Concepto")
    concepts[0].attrib.update({"Descuento": "75.00", "NoIdentificacion": "SKU-0001", "Unidad": "Caja"})
    for taxes, parts in ((concepts[0][0], True), (root.findall(f"{{{CFDI}}}Impuestos")[0], False)):
        transferred = taxes[0]
        add(
            transferred,
            "Traslado",
            Base="700",
            Impuesto="003",
            TipoFactor="Tasa",
            TasaOCuota="0.265000",
            Importe="185.50",
        )
        add(
            transferred,
            "Traslado",
            Base="2",
            Impuesto="003",
            TipoFactor="Cuota",
            TasaOCuota="6.455500",
            Importe="12.91",
        )
        add(transferred, "Traslado", Base="100", Impuesto="002", TipoFactor="Exento")
        held = add(taxes, "Retenciones")
        rate = {"Base": "700", "TipoFactor": "Tasa", "TasaOCuota": "0.012500"} if parts else {}
        add(held, "Retencion", Impuesto="001", Importe="8.75", **rate)
    add(concepts[1], "ACuentaTerceros", NombreACuentaTerceros="OTRA EMPRESA", RfcACuentaTerceros="OEM010101AB1")
    add(concepts[1], "InformacionAduanera", NumeroPedimento="15  48  3009  0001234")
    add(concepts[1], "CuentaPredial", Numero="15956011002")
    related = etree.Element(f"{{{CFDI}}}CfdiRelacionados", TipoRelacion="04")
    add(related, "CfdiRelacionado", UUID="5FB2822E-396D-4725-8521-CDC4BDD20CCF")
    root.insert(0, related)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def test_it_prints_everything_the_law_asks() -> None:
    text = spaced(text_of(printed(stamped())))
    for fact in (
        "FERRETERÍA LA PALMA", "RFC FPA010203AB1", "Régimen 601 General de Ley Personas Morales",
        "Lugar de expedición 44160", "SURCO DISEÑO", "RFC SDI190823KX4", "Domicilio fiscal 44190",
        "Uso del CFDI G03 Gastos en general", "Método de pago PUE Pago en una sola exhibición",
        "Forma de pago 04 Tarjeta de crédito", "Exportación 01 No aplica", "I Ingreso", "F-20421",
        "21 nov 2026, 14:06:58", "21 nov 2026, 14:07:02", "00000000-0000-4000-8000-000000004FC5",
        "00001000000512345678", "00001000000509846663", "SPR190613I52",
        "Mil seiscientos cuarenta pesos 34/100 M.N.", "Subtotal 1,414.09", "IVA 16 % sobre 1,414.09 226.25",
        "Total $1,640.34 MXN", LEGEND, "Página 1 de 1",
    ):  # fmt: skip
        assert fact in text, fact


def test_it_prints_every_line_with_its_keys_and_taxes() -> None:
    text = spaced(text_of(printed(stamped())))
    assert "1 Pieza H87 Taladro rotomartillo ½″ 800 W 27111700 · 02 Sí objeto de impuesto · IVA 16 %: 124.00" in text
    assert "Juego de brocas para concreto, 13 piezas" in text
    assert "76.418103 152.84" in text
    assert "12.5 Pieza H87 Cable de uso rudo 3 × 12 AWG, metro" in text


def test_it_prints_every_kind_of_tax_and_the_particulars() -> None:
    text = spaced(text_of(printed(rich())))
    for fact in (
        "Descuento −75.00", "Descuento 75.00", "IEPS 26.5 % sobre 700.00 185.50", "IEPS 26.5 %: 185.50",
        "IEPS $6.4555 por unidad: 12.91", "IVA exento sobre 100.00 Exento", "ISR retenido −8.75",
        "ISR 1.25 % retenido: 8.75", "No. SKU-0001", "Caja", "Condiciones Crédito a 30 días",
        "A cuenta de OTRA EMPRESA, RFC OEM010101AB1", "Pedimento 15 48 3009 0001234", "Cuenta predial 15956011002",
        "Relación 04 Sustitución de los CFDI previos", "5FB2822E-396D-4725-8521-CDC4BDD20CCF",
    ):  # fmt: skip
        assert fact in text, fact


def test_both_seals_and_the_cadena_copy_out_whole() -> None:
    xml = stamped()
    timbre = read_timbre(xml)
    text = text_of(printed(xml))
    copied = squeezed(text)
    assert timbre.sello_cfd in copied
    assert timbre.sello_sat in copied
    assert squeezed(timbre.cadena) in copied
    assert not set(text) & set("\u200b\u00ad\ufeff\u2060")


def test_the_qr_reads_as_the_verification_page_and_is_32_mm_wide(tmp_path: Path) -> None:
    xml = stamped()
    pdf = printed(xml)
    assert qr_of(picture_of(pdf, tmp_path)) == url_of(xml, read_timbre(xml))
    assert black_width_mm(picture_of(pdf, tmp_path, dpi=254), dpi=254) == pytest.approx(32, abs=0.3)


def test_the_pdf_carries_its_xml_byte_for_byte(tmp_path: Path) -> None:
    xml = stamped([("1", "Línea con\ttabulador & <signos>", "10.00", "10.00")]).replace(b"?>\n", b"?>\r\n", 1)
    assert attached(printed(xml), tmp_path) == {"00000000-0000-4000-8000-000000004FC5.xml": xml}


def test_it_declares_pdf_a_3a_and_ua_1_and_embeds_only_our_fonts() -> None:
    pdf = printed(stamped())
    for mark in (b"<pdfaid:part>3<", b"<pdfaid:conformance>A<", b"<pdfuaid:part>1<", b"/AFRelationship/Source"):
        assert mark in pdf.replace(b" /Source", b"/Source"), mark
    fonts = fonts_of(pdf)
    assert fonts
    assert all(re.match(r"[A-Z]{6}\+(Figtree|DejaVuSansMono)", font) for font in fonts), fonts


def test_the_same_xml_gives_the_same_bytes_here_and_in_a_fresh_process(tmp_path: Path) -> None:
    xml = stamped()
    first = printed(xml)
    printed(stamped(number=7))
    assert printed(xml) == first
    (tmp_path / "cfdi.xml").write_bytes(xml)
    program = (
        "import sys; from pathlib import Path; from amate.papers.cfdi import cfdi_pdf; from amate.papers.look import Look;"
        "look = Look(nombre_comercial='Ferretería La Palma');"
        "sys.stdout.buffer.write(cfdi_pdf(Path(sys.argv[1]).read_bytes(), look=look, portal_origin=False))"
    )
    again = subprocess.run([sys.executable, "-c", program, tmp_path / "cfdi.xml"], capture_output=True, check=True)
    assert again.stdout == first


def test_threads_do_not_mix_their_invoices() -> None:
    files = [stamped(number=number) for number in range(1, 9)]
    alone = [printed(xml) for xml in files]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(printed, files)) == alone


@pytest.mark.parametrize(
    ("leyenda", "banded"),
    [("SIN VALIDEZ FISCAL", True), ("PRUEBA: SIN VALIDEZ FISCAL.", True), ("Otra", False), (None, False)],
)
def test_the_band_appears_if_and_only_if_the_leyenda_says_so(leyenda: str | None, banded: bool) -> None:
    text = spaced(text_of(printed(stamped(leyenda=leyenda))))
    assert (BAND in text) is banded
    assert leyenda is None or leyenda in text


def test_the_origin_is_said_only_of_the_portal_s() -> None:
    said = "Generada desde el portal de autofactura"
    assert said in text_of(printed(stamped(), portal_origin=True))
    assert said not in text_of(printed(stamped(), portal_origin=False))


@pytest.mark.parametrize("unit", ["Unidad de servicio", "Mutuamente definido", "Milequivalentesdecarga"])
def test_a_unit_stands_in_its_column_and_usual_ones_in_one_line(unit: str) -> None:
    root = etree.fromstring(stamped([("1", "Flete", "10.00", "10.00")]))
    next(root.iter(f"{{{CFDI}}}Concepto")).set("Unidad", unit)
    pdf = printed(etree.tostring(root))
    assert overprinted(pdf) == []
    words = words_of(pdf)
    line = next(word for word in words if word.text == "Flete")
    beside = [word for word in words if word.left < line.left and 0 <= round(word.top - line.top) < 40]
    assert all(word.right < line.left for word in beside)
    if unit == "Unidad de servicio":
        assert {word.text for word in beside if round(word.top) == round(line.top)} == {"1", *unit.split()}


def test_a_hostile_description_prints_as_plain_text() -> None:
    xml = stamped(
        [("1", HOSTILE, "10.00", "10.00")], issuer=f"EMISOR {HOSTILE}", receiver=f"RECEPTOR {HOSTILE}", Serie="#1*$"
    )
    text = squeezed(text_of(printed(xml)))
    assert text.count(squeezed(HOSTILE)) == 3
    assert "#1*$-20421" in text


def test_what_no_font_of_ours_can_draw_becomes_a_box_and_never_stops_the_paper() -> None:
    odd = "Taza 漢 \ue000 Łódź Ωμ A\u0301 fin"
    assert "Taza □ □ Łódź Ωμ Á fin" in spaced(text_of(printed(stamped([("1", odd, "10.00", "10.00")]))))


def test_emoji_are_left_out_of_the_paper_and_stay_in_the_xml() -> None:
    odd = "Café 🔥 de olla ☕\ufe0f 👩🏽‍🍳 1️⃣"
    xml = stamped([("1", odd, "10.00", "10.00"), ("2", "🍋", "10.00", "10.00")])
    text = spaced(text_of(printed(xml)))
    assert "Café de olla ☕ 1" in text
    assert "(símbolo)" in text, "a line of nothing else still has something to be seen by"
    assert "□" not in text
    assert odd.encode() in xml


def test_marks_that_turn_or_hide_a_name_are_left_out() -> None:
    text = text_of(printed(stamped(receiver="BUENA\u202eALAM\u200b\u00ad EMPRESA")))
    assert "BUENAALAM EMPRESA" in text


LONG: tuple[Row, ...] = (
    ("1.000000", "X" * 1000, "1234567.890123", "1234567.89"),
    ("99999999.123456", "palabra " * 120 + "W" * 40, "999999.990001", "99999999999.99"),
    ("1", "https://ejemplo.mx/" + "ruta-muy-larga/" * 20, "1", "1.00"),
)


def test_long_names_and_unbroken_words_stay_inside_the_margins_and_off_each_other() -> None:
    xml = stamped(
        LONG,
        issuer="COMERCIALIZADORA Y DISTRIBUIDORA DE MATERIALES " * 4 + "W" * 80,
        receiver="Í" * 254,
        Serie="S" * 25,
        Folio="9" * 40,
        CondicionesDePago="Z" * 300,
    )
    pdf = printed(xml, look=replace(LOOK, nombre_comercial="M" * 60, foot_note="N" * 200), portal_origin=True)
    margin, width = 16 * POINTS_PER_MM, 612
    outside = [word for word in words_of(pdf) if word.left < margin - 1 or word.right > width - margin + 1]
    assert outside == []
    assert overprinted(pdf) == []
    assert sum(len(word.text) for word in words_of(pdf) if set(word.text) == {"X"}) == 1000


def test_300_lines_print_over_many_pages_with_every_line_and_heading() -> None:
    pdf = printed(stamped(many(300)))
    pages = pages_of(pdf)
    assert pages > 5
    text = spaced(text_of(pdf))
    assert all(f"Producto número {number} de la lista" in text for number in range(1, 301))
    assert text.count("Valor unitario Importe") >= pages - 1
    assert text.count(LEGEND) == pages
    assert f"Página {pages} de {pages}" in text


@pytest.mark.parametrize("count", range(8, 20))
def test_the_stamp_is_never_split_over_two_pages(count: int, tmp_path: Path) -> None:
    xml = stamped(many(count))
    pdf = printed(xml)
    last = pages_of(pdf)
    foot = squeezed(text_of(pdf, page=last))
    timbre = read_timbre(xml)
    assert "FOLIOFISCAL" in foot
    assert timbre.sello_cfd in foot
    assert squeezed(timbre.cadena) in foot
    assert qr_of(picture_of(pdf, tmp_path, page=last)) == url_of(xml, timbre)


def test_the_counts_above_cross_a_page() -> None:
    assert pages_of(printed(stamped(many(8)))) == 1
    assert pages_of(printed(stamped(many(19)))) == 2


def test_the_logo_and_colour_of_the_company_are_printed(tmp_path: Path) -> None:
    png = BytesIO()
    Image.new("RGB", (300, 120), (200, 10, 200)).save(png, "PNG")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#c80ac8"/></svg>'
    for logo in (png.getvalue(), svg):
        look = Look(colour="#7a1fa2", logo_svg_or_png=logo, nombre_comercial="La Palma")
        picture = Image.open(picture_of(printed(stamped(), look=look), tmp_path)).convert("RGB")
        colours = {colour for _, colour in picture.getcolors(1 << 24) or []}
        assert {(200, 10, 200), (0x7A, 0x1F, 0xA2)} <= colours


def test_it_refuses_what_is_not_a_stamped_invoice() -> None:
    with pytest.raises(MalformedXml):
        printed(b"<cfdi")
    with pytest.raises(CannotPrint, match="tipo N"):
        printed(stamped(TipoDeComprobante="N"))
    unstamped = re.sub(rb"<cfdi:Complemento>.*</cfdi:Complemento>", b"", stamped())
    with pytest.raises(NotBelieved):
        printed(unstamped)
    with pytest.raises(CannotPrint, match="LugarExpedicion"):
        printed(stamped().replace(b' LugarExpedicion="44160"', b""))
    with pytest.raises(CannotPrint, match="UTF-8"):
        printed(stamped(THREE).decode().replace("UTF-8", "ISO-8859-1").replace("½″", "").encode("latin-1"))


@needs_corpus
def test_it_prints_the_invoices_that_real_pacs_stamped() -> None:
    seen = 0
    for file in sorted((CORPUS / "cfdi" / "stamped").rglob("*.xml")):
        xml = file.read_bytes()
        if b'TipoDeComprobante="I"' not in xml or b"/cfd/4" not in xml:
            continue
        timbre = read_timbre(xml)
        copied = squeezed(text_of(printed(xml)))
        assert timbre.sello_sat in copied, file.name
        assert squeezed(timbre.cadena) in copied, file.name
        seen += 1
    assert seen >= 5
