"""Where the outside test data lies. It is never part of the project; without it the tests that need it skip."""

import os
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("AMATE_CORPUS", Path(__file__).resolve().parents[2] / "shared" / "corpus"))

CORPUS_ABSENT = "the outside corpus is absent"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason=CORPUS_ABSENT)
