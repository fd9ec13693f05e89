"""Loaded before Django's settings: the tests have a data folder and a PostgreSQL of their own."""

import os
from pathlib import Path

if os.geteuid() == 0:
    DEFAULT = Path("/var/lib/amate-tests")
else:
    DEFAULT = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "amate-tests"

HOME = Path(os.environ.setdefault("AMATE_TEST_HOME", str(DEFAULT)))
os.environ["AMATE_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "amate.settings"
os.environ.setdefault("AMATE_LOG_LEVEL", "WARNING")
