"""A company that only tries things out never reaches a PAC whose stamps count; a real one beside it does."""

import pytest

from amate.adapters.pac import PacAccount
from amate.invoices.models import Sealing, State
from amate.promises.models import Promise
from amate.running.pac_accounts import HOSTS
from tests.worker.test_sandbox_days import tried as tried
from tests.world import World


@pytest.mark.parametrize(
    ("url", "counts"),
    [
        *((services, True) for services, _ in HOSTS.values()),
        ("https://services.test.sw.com.mx", False),
        ("https://demo-facturacion.finkok.com", False),
        ("http://127.0.0.1:8099", False),
        ("https://127.0.0.1.example", True),
    ],
)
def test_a_pac_counts_unless_it_is_known_to_be_for_trying(url: str, counts: bool) -> None:
    assert PacAccount("sw_sapien", url, url, "u", "p").counts is counts


def test_nothing_of_it_is_sealed_or_sent_where_stamps_count(tried: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amate.adapters.pac.TRIAL_HOSTS", frozenset())
    real = tried.claim(tried.sale())
    trial = tried.claim(tried.sale(shop=tried.other), shop=tried.other)
    tried.settle()
    assert tried.invoice(real).state == State.STAMPED
    assert len(tried.pac.documents()) == 1
    found = tried.invoice(trial, tried.other)
    assert (found.state, found.folio) == (State.DRAFT, None)
    assert tried.scoped(Sealing.objects.count, tried.other) == 0
    stuck = tried.scoped(lambda: Promise.objects.open().get(), tried.other)
    assert "Esta empresa es de prueba" in stuck.last_error
    assert stuck.next_try_at is None, "it waits for a person"


def test_where_stamps_do_not_count_it_is_stamped(tried: World) -> None:
    trial = tried.claim(tried.sale(shop=tried.other), shop=tried.other)
    tried.settle()
    assert tried.invoice(trial, tried.other).state == State.STAMPED
