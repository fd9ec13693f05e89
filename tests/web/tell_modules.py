"""A configuration of gunicorn that tells, when its worker ends, every module that it had loaded, and how it collects."""

import gc
import os
import sys
from pathlib import Path
from typing import Any


def worker_exit(server: Any, worker: Any) -> None:
    Path(os.environ["TELL_MODULES_TO"]).write_text("\n".join([*sorted(sys.modules), f"young: {gc.get_threshold()[0]}"]))
