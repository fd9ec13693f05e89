"""Whatever a test of the web asks for is watched (`audited.py`)."""

from collections.abc import Iterator

import pytest

from amate.web import scope
from tests.web import audited


@pytest.fixture(autouse=True)
def _acts_are_in_the_audit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(scope, "company_scope", audited.watched_scope)
    audited.unheard.clear()
    yield
    assert sorted(set(audited.unheard)) == [], "written by a request, and not in the audit"
