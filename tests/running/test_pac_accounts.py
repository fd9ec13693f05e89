"""The accounts of the installation, from its environment."""

from pathlib import Path

import pytest

from amate.adapters.pac import Limits
from amate.running.pac_accounts import BadAccounts, pac_accounts


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("AMATE_PAC"):
            monkeypatch.delenv(name)


def test_without_a_word_it_is_sw_sapien_where_it_serves() -> None:
    (only,) = pac_accounts()
    assert (only.code, only.services_url, only.api_url) == (
        "sw_sapien",
        "https://services.sw.com.mx",
        "https://api.sw.com.mx",
    )
    assert (only.user, only.limits) == ("", Limits())


def test_the_accounts_stand_in_their_order_each_with_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secreto\n")
    for name, value in {
        "AMATE_PAC": "finkok",
        "AMATE_PAC_USER": "uno",
        "AMATE_PAC_PASSWORD_FILE": str(tmp_path / "password"),
        "AMATE_PAC_RFC": "EKU9003173C9",
        "AMATE_PAC_IN_FLIGHT": "3",
        "AMATE_PAC_PER_SECOND": "2.5",
        "AMATE_PAC_2": "sw_sapien",
        "AMATE_PAC_2_URL": "http://127.0.0.1:8090/",
        "AMATE_PAC_2_USER": "dos",
        "AMATE_PAC_2_PASSWORD": "otro",
    }.items():
        monkeypatch.setenv(name, value)
    first, second = pac_accounts()
    assert (first.code, first.services_url, first.user, first.password) == (
        "finkok",
        "https://facturacion.finkok.com",
        "uno",
        "secreto",
    )
    assert (first.rfc, first.limits) == ("EKU9003173C9", Limits(in_flight=3, per_second=2.5))
    assert (second.code, second.services_url, second.api_url, second.password) == (
        "sw_sapien",
        "http://127.0.0.1:8090",
        "http://127.0.0.1:8090",
        "otro",
    )


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("AMATE_PAC", "diverza", "AMATE_PAC=diverza"),
        ("AMATE_PAC_2", "sw_sapien", "dos cuentas de sw_sapien"),
        ("AMATE_PAC_IN_FLIGHT", "0", "AMATE_PAC_IN_FLIGHT=0"),
        ("AMATE_PAC_PER_SECOND", "muchas", "AMATE_PAC_PER_SECOND=muchas"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadAccounts, match=told):
        pac_accounts()


def test_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMATE_PAC_PASSWORD", "secreto")
    assert "secreto" not in repr(pac_accounts())
