from pathlib import Path

import pytest
import typst

from amate.papers.codes import qr_svg
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


def test_it_holds_only_a_path_and_no_text_of_the_caller() -> None:
    svg = qr_svg("<script>alert(1)</script>")
    assert "script" not in svg
    assert svg.count("<path ") == 1
    assert "style=" not in svg
