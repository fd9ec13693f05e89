"""One colour made readable in both themes (FACE TOK-2), by WCAG's own arithmetic."""

import re
from colorsys import hls_to_rgb, rgb_to_hls
from functools import lru_cache
from hashlib import sha256

Rgb = tuple[float, float, float]

READABLE = 4.5  # WCAG 2.2, SC 1.4.3
COMFORTABLE = 6.0  # thin light text on dark needs more to read as well
WHITE: Rgb = (255, 255, 255)
BLACK: Rgb = (0, 0, 0)
# The surfaces that text in the company's colour stands on: base.css and dark.css.
LIGHT: tuple[Rgb, ...] = (WHITE, (250, 247, 240), (241, 237, 227))
DARK: tuple[Rgb, ...] = ((15, 22, 20), (23, 33, 30), (30, 42, 38))
AGAVE = "#0b5f4d"
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@lru_cache(maxsize=512)
def brand_version(colour: str) -> str:
    return sha256(style_sheet(colour).encode()).hexdigest()[:10]


def style_sheet(colour: str) -> str:
    """The sheet of a colour as `#rrggbb`; anything else gives Amate's own."""
    wanted = colour.lower() if _COLOUR.fullmatch(colour.lower()) else AGAVE
    return f":root{{{_light(wanted)}}}\n@media (prefers-color-scheme:dark){{:root{{{_dark(wanted)}}}}}\n"


def readable(colour: str) -> str:
    """The colour itself, or as much darker as text in it needs on a light sheet."""
    brand = rgb(colour)
    while worst_contrast(colour := as_hex(brand)) < READABLE:
        brand = _mix(brand, BLACK, 0.03)
    return colour


def worst_contrast(colour: str) -> float:
    """Of text in this colour on any of the light surfaces, its own tint among them."""
    brand = rgb(colour)
    return _worst(brand, (*LIGHT, _mix(brand, WHITE, 0.89)))


def is_colour(text: str) -> bool:
    return _COLOUR.fullmatch(text) is not None


def _light(colour: str) -> str:
    brand = rgb(readable(colour))
    return _values(brand, strong=_mix(brand, BLACK, 0.28), tint=_mix(brand, WHITE, 0.89), on=WHITE)


def _dark(colour: str) -> str:
    red, green, blue = rgb(colour)
    hue, light, colourful = rgb_to_hls(red / 255, green / 255, blue / 255)
    # A full colour glows on a dark sheet, and mixing it with white makes it ash: it keeps its hue and half its fire.
    colourful = min(colourful, 0.55)
    on, tint = _hls(hue, 0.07, colourful), _hls(hue, 0.15, colourful)
    while _worst(brand := _hls(hue, light, colourful), (*DARK, tint, on)) < COMFORTABLE:
        light += 0.01
    return _values(brand, strong=_mix(brand, WHITE, 0.35), tint=tint, on=on)


def _values(brand: Rgb, *, strong: Rgb, tint: Rgb, on: Rgb) -> str:
    named = {"--brand": brand, "--brand-strong": strong, "--brand-tint": tint, "--on-brand": on}
    return ";".join(f"{name}:{as_hex(value)}" for name, value in named.items())


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG's contrast ratio, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _worst(text: Rgb, surfaces: tuple[Rgb, ...]) -> float:
    # As they are written: rounding to whole steps may cost a hair of contrast.
    return min(contrast(rgb(as_hex(text)), rgb(as_hex(surface))) for surface in surfaces)


def _luminance(colour: Rgb) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return (red, green, blue)


def rgb(colour: str) -> Rgb:
    return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))


def _hls(hue: float, light: float, colourful: float) -> Rgb:
    red, green, blue = hls_to_rgb(hue, min(light, 1.0), colourful)
    return (red * 255, green * 255, blue * 255)


def as_hex(colour: Rgb) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in colour)
