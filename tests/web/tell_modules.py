"""A configuration of gunicorn that tells, when its worker ends, every module that it had loaded."""

import os
import sys
from pathlib import Path
from typing import Any


def worker_exit(server: Any, worker: Any) -> None:
    Path(os.environ["TELL_MODULES_TO"]).write_text("\n".join(sorted(sys.modules)))
