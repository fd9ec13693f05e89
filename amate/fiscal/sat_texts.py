"""The texts of the SAT's catalogues as the installed satcfdi keeps them: a database of its own, read by us alone."""

import pickle
import sqlite3
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn


def satcfdi_folder() -> Path:
    # Found, not imported: importing it opens a database and takes 50 MB. Nor through `fiscal.xml`, which brings lxml.
    spec = find_spec("satcfdi")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("satcfdi is not installed: run `make install`")
    return Path(spec.submodule_search_locations[0])


def open_texts() -> sqlite3.Connection:
    path = satcfdi_folder() / "catalogs" / "catalogs.db"
    # Opened by us, read-only: satcfdi's own connection is read-write and shared across threads (ENGINE D-12).
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)


def table(sat: str) -> str:
    return f"C756_{sat}"


class _PlainUnpickler(pickle.Unpickler):
    """satcfdi stores texts and lists of texts; anything that would run code is refused."""

    def find_class(self, module_name: str, global_name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module_name}.{global_name} has no place among catalogue texts")


def plain(blob: bytes) -> Any:
    return _PlainUnpickler(BytesIO(blob)).load()
