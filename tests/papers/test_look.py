import pytest

from amate.papers.look import BadLook, Look, logo_svg


@pytest.mark.parametrize("colour", ["green", "#0b5f4", "#0b5f4d; }", "rgb(1,2,3)", ""])
def test_it_refuses_a_colour_that_is_not_six_digits(colour: str) -> None:
    with pytest.raises(BadLook, match="#0b5f4d"):
        Look(colour=colour)


@pytest.mark.parametrize("logo", [b"", b"GIF89a", b"\xff\xd8\xff\xe0 JPEG", b"\x89PNG\r\n\x1a\n"])
def test_it_refuses_a_logo_that_is_neither_png_nor_svg(logo: bytes) -> None:
    with pytest.raises(BadLook, match="PNG o SVG"):
        Look(logo_svg_or_png=logo)


def test_an_svg_passes_as_it_is() -> None:
    assert logo_svg(b'<svg xmlns="http://www.w3.org/2000/svg"/>') == '<svg xmlns="http://www.w3.org/2000/svg"/>'
