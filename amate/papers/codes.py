"""QR codes as small SVG."""

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
