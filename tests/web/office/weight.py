"""What the first view of a page weighs, without a browser: itself and all the files that it names."""

import re
from functools import cache

import brotli  # type: ignore[import-untyped]
from django.conf import settings

LIGHT = 60_000  # bytes of a first view, all files, brotli (DECISIONS E3)
_NAMED = re.compile(r"""(?:href|src)=["']/s/([^"'?#]+)|url\(["']?(?:/s/)?([^"')?#]+\.woff2)""")


def weight_of_page(html: bytes) -> int:
    """Bytes under brotli, a little more than a server would send: it is pressed less here, because there are many."""
    files = {one or font for one, font in _NAMED.findall(html.decode())}
    return len(brotli.compress(html, quality=5)) + sum(_weight_of_file(one) for one in files)


@cache
def _weight_of_file(name: str) -> int:
    content = (settings.STATIC_ROOT / name).read_bytes()
    if name.endswith(".woff2"):
        return len(content)
    pressed = len(brotli.compress(content))
    if name.endswith(".css"):
        pressed += sum(_weight_of_file(one or font) for one, font in _NAMED.findall(content.decode()))
    return pressed
