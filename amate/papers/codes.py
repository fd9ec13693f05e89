"""QR codes and Code 128 as small SVG."""

import segno

# ISO 18004 lets a writer choose among eight masks; readers accept every one. Rating all eight takes four fifths of
# segno's time, more than a third of a whole invoice, so we always use the same one.
MASK = 3


def qr_svg(text: str) -> str:
    """The QR of `text`, error level M or better, as SVG without a quiet zone: give it four modules of white around.

    The viewBox counts modules. Every run of dark modules is one piece of a single black path.
    """
    rows = segno.make(text, error="m", micro=False, mask=MASK).matrix
    side = len(rows)
    path = "".join(run for y, row in enumerate(rows) for run in _runs(row, y))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path d="{path}"/></svg>'
    )


def _runs(row: bytearray, y: int) -> list[str]:
    runs = []
    start = row.find(1)
    while start >= 0:
        end = row.find(0, start)
        end = len(row) if end < 0 else end
        runs.append(f"M{start} {y}h{end - start}v1h{start - end}z")
        start = row.find(1, end)
    return runs


# ISO 15417: the widths of bars and spaces of each symbol, beginning with a bar; then the start in set B, in set C, the stop.
_WIDTHS = [
    "212222",
    "222122",
    "222221",
    "121223",
    "121322",
    "131222",
    "122213",
    "122312",
    "132212",
    "221213",
    "221312",
    "231212",
    "112232",
    "122132",
    "122231",
    "113222",
    "123122",
    "123221",
    "223211",
    "221132",
    "221231",
    "213212",
    "223112",
    "312131",
    "311222",
    "321122",
    "321221",
    "312212",
    "322112",
    "322211",
    "212123",
    "212321",
    "232121",
    "111323",
    "131123",
    "131321",
    "112313",
    "132113",
    "132311",
    "211313",
    "231113",
    "231311",
    "112133",
    "112331",
    "132131",
    "113123",
    "113321",
    "133121",
    "313121",
    "211331",
    "231131",
    "213113",
    "213311",
    "213131",
    "311123",
    "311321",
    "331121",
    "312113",
    "312311",
    "332111",
    "314111",
    "221411",
    "431111",
    "111224",
    "111422",
    "121124",
    "121421",
    "141122",
    "141221",
    "112214",
    "112412",
    "122114",
    "122411",
    "142112",
    "142211",
    "241211",
    "221114",
    "413111",
    "241112",
    "134111",
    "111242",
    "121142",
    "121241",
    "114212",
    "124112",
    "124211",
    "411212",
    "421112",
    "421211",
    "212141",
    "214121",
    "412121",
    "111143",
    "111341",
    "131141",
    "114113",
    "114311",
    "411113",
    "411311",
    "113141",
    "114131",
    "311141",
    "411131",
]
_START_B, _START_C, _STOP = "211214", "211232", "2331112"
_OF_START = {_START_B: 104, _START_C: 105}
QUIET = 10  # modules of white that a reader wants at either side


def code128_svg(text: str) -> str:
    """`text` as Code 128 in SVG, with its quiet zones: an even number of digits in pairs (set C), anything else of printable
    ASCII letter by letter (set B). Stretch it as you like; the viewBox counts modules. Raises ValueError for other letters."""
    if text.isdigit() and text.isascii() and len(text) % 2 == 0:
        start, values = _START_C, [int(text[at : at + 2]) for at in range(0, len(text), 2)]
    elif text and all(" " <= letter <= "~" for letter in text):
        start, values = _START_B, [ord(letter) - 32 for letter in text]
    else:
        raise ValueError(f"{text!r} cannot be a Code 128 of ours")
    check = (_OF_START[start] + sum(place * value for place, value in enumerate(values, 1))) % 103
    x, bars = QUIET, []
    for widths in (start, *(_WIDTHS[value] for value in [*values, check]), _STOP):
        for place, width in enumerate(map(int, widths)):
            if place % 2 == 0:
                bars.append(f"M{x} 0h{width}v1h-{width}z")
            x += width
    whole = x + QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} 1" preserveAspectRatio="none" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{whole}v1h-{whole}z"/><path d="{"".join(bars)}"/></svg>'
    )
