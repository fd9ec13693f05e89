"""What the database keeps encrypted, and who can open it (OUTSIDE SEC, DECISIONS E8)."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from amate.companies.keep_csd import NoCsd, _opened, keep_csd, open_csd
from amate.companies.models import Csd, Emisor
from amate.companies.secrets import WrongMasterKey, decrypt, encrypt
from amate.fiscal.csd import private_key_der
from amate.invoices.models import State
from amate.promises.lease import retry_now
from amate.promises.models import Promise
from tests.database import as_owner


@pytest.fixture(autouse=True)
def nothing_opened_yet() -> Iterator[None]:
    """Another master key is another process; here what this one has opened is forgotten."""
    forget()
    yield
    forget()


def forget() -> None:
    _opened.cache_clear()


def test_the_master_key_is_made_once_and_is_its_owners_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMATE_HOME", str(tmp_path))
    kept = encrypt(b"secret", about="csd:1")
    path = tmp_path / "keys" / "master-key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    assert decrypt(kept, about="csd:1") == b"secret"
    assert path.read_bytes() == before


def test_the_same_secret_never_looks_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMATE_HOME", str(tmp_path))
    kept = {encrypt(b"secret", about="csd:1") for _ in range(50)}
    assert len(kept) == 50
    assert not any(b"secret" in one for one in kept)


def test_what_was_altered_or_moved_does_not_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMATE_HOME", str(tmp_path))
    kept = encrypt(b"secret", about="csd:1")
    for wrong, about in (
        (kept, "csd:2"),
        (kept, "password:1"),
        (kept[:-1] + bytes([kept[-1] ^ 1]), "csd:1"),
        (b"\x02" + kept[1:], "csd:1"),
    ):
        with pytest.raises(WrongMasterKey):
            decrypt(wrong, about=about)


def test_a_key_given_by_file_or_by_environment_is_the_same_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMATE_HOME", str(tmp_path / "unused"))
    monkeypatch.setenv("AMATE_MASTER_KEY", "una llave larga")
    kept = encrypt(b"secret", about="csd:1")
    monkeypatch.delenv("AMATE_MASTER_KEY")
    (tmp_path / "key").write_text("una llave larga\n")
    monkeypatch.setenv("AMATE_MASTER_KEY_FILE", str(tmp_path / "key"))
    assert decrypt(kept, about="csd:1") == b"secret"
    assert not (tmp_path / "unused").exists(), "it made a key that nobody asked for"


def test_a_row_moved_to_another_company_does_not_decrypt(world: Any) -> None:
    def steal() -> None:
        with as_owner(world_database()) as c:
            c.execute(
                "UPDATE companies_csd SET (cer, sealed_key, sealed_password) = "
                "(SELECT cer, sealed_key, sealed_password FROM companies_csd WHERE company_id = %s) WHERE company_id = %s",
                [world.shop.company.pk, world.other.company.pk],
            )

    world.scoped(lambda: open_csd(now=world.now()), world.other)
    forget()
    steal()
    with pytest.raises(WrongMasterKey):
        world.scoped(lambda: open_csd(now=world.now()), world.other)
    assert world.scoped(lambda: open_csd(now=world.now())).rfc == world.scoped(lambda: Emisor.objects.get().rfc)


def test_under_another_master_key_nothing_is_sealed_and_staff_read_how_to_mend_it(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = world.claim(world.sale())
    monkeypatch.setenv("AMATE_MASTER_KEY", "otra llave")
    forget()
    world.settle()
    assert world.invoice(invoice).state == State.DRAFT
    assert world.pac.documents() == []
    (waiting,) = world.scoped(lambda: list(Promise.objects.failing()))
    assert "keys/master-key" in waiting.last_error
    assert "CSD" in waiting.last_error

    # The way out without the old key: the same CSD again.
    minted = world.minted.csds["moral"]
    rfc = world.scoped(lambda: Emisor.objects.get().rfc)
    again = world.scoped(
        lambda: keep_csd(cer=minted.cer, key=minted.key, password=minted.password, rfc=rfc, now=world.now())
    )
    assert world.scoped(lambda: Csd.objects.get()) == again
    world.scoped(lambda: retry_now(promise_id=waiting.pk, now=world.now()))
    world.settle()
    assert world.invoice(invoice).state == State.STAMPED


def test_a_retired_csd_uploaded_again_is_in_use_again(world: Any) -> None:
    world.scoped(lambda: Csd.objects.update(retired_at=world.now()))
    with pytest.raises(NoCsd, match="certificado de sello digital"):
        world.scoped(lambda: open_csd(now=world.now()))
    minted = world.minted.csds["moral"]
    rfc = world.scoped(lambda: Emisor.objects.get().rfc)
    world.scoped(lambda: keep_csd(cer=minted.cer, key=minted.key, password=minted.password, rfc=rfc, now=world.now()))
    assert world.scoped(lambda: open_csd(now=world.now())).rfc == rfc


def test_no_byte_of_a_private_key_lies_anywhere_in_the_database(world: Any) -> None:
    world.claim(world.sale())
    world.settle()
    rows = [row for row in every_row(world_database()) if row]
    sealed = [role for role in ("moral", "fisica") if any(world.minted.csds[role].cer in row for row in rows)]
    assert sealed == ["moral", "fisica"], "the search does not see what is there"
    for role in ("moral", "fisica"):
        minted = world.minted.csds[role]
        plain = private_key_der(key=minted.key, password=minted.password)
        for start in range(0, len(plain) - 24, 24):
            # The public modulus is half of what a private key holds, and it is in every certificate.
            needle = plain[start : start + 24]
            if needle in minted.cer:
                continue
            found = [row for row in rows if needle in row or needle.hex().encode() in row]
            assert found == [], f"bytes {start} of the key of {role} lie in clear"
        assert not any(minted.key in row or minted.password.encode() in row for row in rows)


def world_database() -> str:
    from django.conf import settings

    return str(settings.DATABASES["default"]["NAME"])


def every_row(name: str) -> Iterator[bytes]:
    """Every row of every table, as text and with its bytes as they are."""
    with as_owner(name) as c:
        tables = c.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            for row in c.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))):
                yield b"\0".join(bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in row)
