"""What is done to the audit behind the application's back, as the owner of its tables, shows in the chain."""

from typing import Any

import pytest

from amate.audit.chain import chain, link
from amate.audit.models import Entry
from amate.audit.record import record
from amate.audit.verify import Broken, digest_at, verify
from amate.running.audit import main
from tests.database import as_owner


@pytest.fixture
def five(world: Any) -> list[int]:
    """Five chained entries, one loose one. Answers the ids."""

    def write() -> list[int]:
        for number in range(5):
            record("ticket.locked", about=f"ticket:{number}", now=world.now(), reason="devolución")
        chain(now=world.now())
        record("ticket.unlocked", about="ticket:0", now=world.now())
        return list(Entry.objects.order_by("id").values_list("id", flat=True))

    return list(world.scoped(write))


def behind(database: str, statement: str, *values: Any) -> None:
    """As the owner: no trigger of the application's, no policy in the way."""
    with as_owner(database) as c:
        assert c.execute(statement, values).rowcount > 0


def test_an_untouched_chain_holds(world: Any, five: list[int]) -> None:
    found = world.scoped(verify)
    assert (found.chained, found.tail, found.broken) == (5, 1, None)
    assert found.head == world.scoped(lambda: digest_at(5))


def test_a_company_without_acts_has_nothing_to_break(world: Any) -> None:
    found = world.scoped(verify)
    assert (found.chained, found.tail, found.broken, found.head) == (0, 0, None, "00" * 32)


@pytest.mark.parametrize(
    "column", ["at", "actor_kind", "actor", "request_id", "act", "family", "about", "detail", "digest"]
)
def test_an_edit_of_any_fact_is_found(world: Any, committed: str, five: list[int], column: str) -> None:
    new = {"at": "2026-01-01T00:00:00Z", "detail": "{}", "digest": b"\x01" * 32}.get(column, "x")
    behind(committed, f"UPDATE audit_entry SET {column} = %s WHERE id = %s", new, five[2])
    found = world.scoped(verify)
    assert (found.chained, found.broken) == (2, Broken(3, "edited", five[2]))


def test_an_edit_with_its_digest_made_right_breaks_the_next_link(world: Any, committed: str, five: list[int]) -> None:
    def forged() -> bytes:
        before, entry = Entry.objects.get(seq=2), Entry.objects.get(seq=3)
        entry.actor = "otro@example.com"
        return link(entry, seq=3, previous=bytes(before.digest or b""))

    digest = world.scoped(forged)
    behind(committed, "UPDATE audit_entry SET actor = 'otro@example.com', digest = %s WHERE id = %s", digest, five[2])
    assert world.scoped(verify).broken == Broken(4, "edited", five[3])


@pytest.mark.parametrize("at", [0, 2, 4])
def test_a_deleted_entry_is_found_wherever_it_stood(world: Any, committed: str, five: list[int], at: int) -> None:
    behind(committed, "DELETE FROM audit_entry WHERE id = %s", five[at])
    assert world.scoped(verify).broken == Broken(at + 1, "deleted")


def test_a_deleted_entry_whose_place_was_closed_is_found(world: Any, committed: str, five: list[int]) -> None:
    behind(committed, "DELETE FROM audit_entry WHERE id = %s", five[2])
    for seq in (4, 5):
        behind(committed, "UPDATE audit_entry SET seq = seq - 1 WHERE seq = %s", seq)
    assert world.scoped(verify).broken == Broken(3, "edited", five[3])


def test_an_entry_that_was_unlinked_is_found(world: Any, committed: str, five: list[int]) -> None:
    behind(committed, "UPDATE audit_entry SET seq = NULL, digest = NULL WHERE id = %s", five[4])
    assert world.scoped(verify).broken == Broken(5, "deleted")


def test_an_entry_put_at_the_end_with_a_right_digest_is_found(world: Any, committed: str, five: list[int]) -> None:
    def forged() -> bytes:
        last, loose = Entry.objects.get(seq=5), Entry.objects.unchained().get()
        return link(loose, seq=6, previous=bytes(last.digest or b""))

    behind(committed, "UPDATE audit_entry SET seq = 6, digest = %s WHERE seq IS NULL", world.scoped(forged))
    assert world.scoped(verify).broken == Broken(6, "inserted", five[5])


def test_an_entry_put_in_between_is_found(world: Any, committed: str, five: list[int]) -> None:
    for seq in (5, 4, 3):
        behind(committed, "UPDATE audit_entry SET seq = seq + 1 WHERE seq = %s", seq)
    columns = "company_id, at, actor_kind, actor, request_id, act, family, about, detail"
    behind(
        committed,
        f"INSERT INTO audit_entry ({columns}, seq, digest) SELECT {columns}, 3, digest FROM audit_entry WHERE id = %s",
        five[0],
    )
    assert world.scoped(verify).broken.seq == 3


def test_the_command_says_intact_or_where_it_broke(
    world: Any, committed: str, five: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*said: str) -> tuple[int, str]:
        code = world.inside(lambda: main(["verify", *said]))
        heard = capsys.readouterr()
        return code, heard.out + heard.err

    code, said = run()
    assert code == 0
    assert said.count("intacta") == 2
    assert "5 actos encadenados, 1 sin encadenar" in said
    head = said.split("Última huella: ")[1].split()[0]
    assert run("--company", world.shop.slug, "--through", head)[0] == 0
    code, said = run("--company", world.shop.slug, "--through", "3:" + "0" * 64)
    assert (code, "no lleva la huella que anotaste" in said) == (1, True)
    assert run("--company", "nadie")[0] == 2

    behind(committed, "UPDATE audit_entry SET actor = 'otro' WHERE id = %s", five[1])
    code, said = run()
    assert code == 1
    assert f"{world.shop.slug}: ROTA. El acto 2 no es como se escribió" in said
    assert f"{world.other.slug}: intacta" in said
    assert run("--company", world.other.slug)[0] == 0
