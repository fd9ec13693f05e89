from pathlib import Path

import pytest
import typst

from amate.papers.codes import code128_svg, qr_svg
from tests.papers.reading import qr_of

TEXTS = [
    "https://facturas.lapalma.mx/f/la-palma/7K4M9QXW2TRP/124850",
    "A",
    "0" * 300,
    'áéíóú ñ & <etiqueta> "comillas"',
    *(f"https://ejemplo.mx/f/{number:012d}/{number * 7919}" for number in range(12)),
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_reader_gives_the_text_back(text: str, tmp_path: Path) -> None:
    source = (
        '#set page(width: 60mm, height: 60mm, margin: 8mm)\n#image(bytes(sys.inputs.qr), format: "svg", width: 100%)'
    )
    picture = typst.compile(source.encode(), format="png", ppi=200, sys_inputs={"qr": qr_svg(text)})
    (tmp_path / "qr.png").write_bytes(picture)
    assert qr_of(tmp_path / "qr.png") == text


@pytest.mark.parametrize(
    "text", ["93000262276908", "9300026227690", "AB-12 c~", "".join(f"{n:02}" for n in range(40, 100))]
)
def test_a_till_reads_the_bars(text: str, tmp_path: Path) -> None:
    source = (
        "#set page(width: 190mm, height: 40mm, margin: 8mm)\n"
        '#image(bytes(sys.inputs.bars), format: "svg", width: 100%, height: 15mm, fit: "stretch")'
    )
    picture = typst.compile(source.encode(), format="png", ppi=200, sys_inputs={"bars": code128_svg(text)})
    (tmp_path / "bars.png").write_bytes(picture)
    assert qr_of(tmp_path / "bars.png") == text


def test_every_symbol_is_as_wide_as_the_norm_says() -> None:
    for text in ("".join(map(chr, range(32, 127))), "".join(f"{n:02}" for n in range(100))):
        symbols = len(text) if " " in text else len(text) // 2
        assert f'viewBox="0 0 {11 * (symbols + 2) + 13 + 20} 1"' in code128_svg(text)
    with pytest.raises(ValueError, match="ñ"):
        code128_svg("ñ")


def test_it_holds_only_a_path_and_no_text_of_the_caller() -> None:
    svg = qr_svg("<script>alert(1)</script>")
    assert "script" not in svg
    assert svg.count("<path ") == 1
    assert "style=" not in svg
