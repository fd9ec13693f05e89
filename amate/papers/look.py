"""How a company's papers look: one colour, one logo, a name and a foot note (FACE DOC-9)."""

import base64
import re
import struct
from dataclasses import dataclass

PNG = b"\x89PNG\r\n\x1a\n"
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class BadLook(ValueError):
    """The message says, in Spanish, what to correct."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a company sets. An empty `nombre_comercial` prints the fiscal name alone.

    The logo is PNG or SVG, checked before it comes here; anything else is refused with `BadLook`.
    """

    colour: str = "#0b5f4d"
    logo_svg_or_png: bytes | None = None
    nombre_comercial: str = ""
    foot_note: str = ""

    def __post_init__(self) -> None:
        if not COLOUR.fullmatch(self.colour):
            raise BadLook(f"El color «{self.colour}» no se entiende: escríbelo como #0b5f4d.")
        logo_svg(self.logo_svg_or_png)


def logo_svg(logo: bytes | None) -> str | None:
    """The logo as SVG text, since Typst receives its data as text; a PNG travels inside as a data URI."""
    if logo is None:
        return None
    if logo.startswith(PNG) and len(logo) >= 24:
        width, height = struct.unpack(">II", logo[16:24])
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
            f'<image width="{width}" height="{height}" href="data:image/png;base64,{base64.b64encode(logo).decode()}"/></svg>'
        )
    if b"<svg" in logo[:1000]:
        return logo.decode("utf-8")
    raise BadLook("El logotipo debe ser un archivo PNG o SVG.")
