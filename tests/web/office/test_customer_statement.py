"""Staff look at a customer's statement, take it along and send it."""

from amate.billing_cycle.statements.models import AccountLink, Statement
from tests.ledger.hands import charged
from tests.web.office.desk import Office
from tests.web.portal.buyer import words
from tests.web.portal.test_account import ROSA, Account
from tests.world import World


def test_staff_see_send_and_take_the_statement_and_revoke_its_link(world: World) -> None:
    rosa, office = Account(world), Office(world)
    path = f"clientes/{rosa.who.pk}/estado"
    assert "Estado de cuenta" in office.text(f"clientes/{rosa.who.pk}/")
    page = office.text(f"{path}/")
    assert "Saldo $399.00 MXN" in page
    assert ROSA in page
    assert world.inside(lambda: office.client.get(f"{world.shop.office}{path}.pdf")).content.startswith(b"%PDF")
    assert world.inside(lambda: office.client.get(f"{world.shop.office}{path}.xlsx")).content.startswith(b"PK")
    assert world.inside(lambda: office.client.get(f"{world.shop.office}{path}/?dia=2999-01-01")).status_code == 422
    day = rosa.today.isoformat()
    world.time_passes(seconds=60 - world.now().timestamp() % 60)  # both within one minute: one wish
    for _ in range(2):
        sent = world.inside(lambda: office.client.post(f"{world.shop.office}{path}/enviar/", {"dia": day}))
        assert sent.status_code == 302
    assert "va en camino a" in words(world.inside(lambda: office.client.get(sent.headers["Location"])))
    world.settle()
    assert [one["To"] for one in world.mail.mails] == [ROSA]
    assert world.scoped(lambda: Statement.objects.get().fecha_corte) == rosa.today
    world.inside(lambda: office.client.post(f"{world.shop.office}clientes/{rosa.who.pk}/enlaces/retirar/"))
    assert world.scoped(lambda: AccountLink.objects.filter(revoked_at=None).count()) == 0
    assert rosa.get().status_code == 404


def test_dollars_have_a_statement_of_their_own_in_the_office_and_on_his_page(world: World) -> None:
    rosa, office = Account(world), Office(world)
    path = f"clientes/{rosa.who.pk}/estado"
    assert 'aria-label="Moneda"' not in office.text(f"{path}/")
    assert world.inside(lambda: office.client.get(f"{world.shop.office}{path}/?moneda=USD")).status_code == 404
    world.scoped(lambda: charged(rosa.who, "usd:1", "100.03", day=rosa.today, moneda="USD"))
    page = office.text(f"{path}/?moneda=USD")
    assert "Saldo $100.03 USD" in page
    assert "$599.00" not in page
    assert "estado.pdf?dia=" in page
    assert "moneda=USD" in page
    assert "Saldo $399.00 MXN" in office.text(f"{path}/")
    for kind, starts in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        answer = world.inside(lambda kind=kind: office.client.get(f"{world.shop.office}{path}.{kind}?moneda=USD"))
        assert answer.content.startswith(starts)
        assert "-usd." in answer.headers["Content-Disposition"]
    said = {"dia": rosa.today.isoformat(), "moneda": "USD"}
    world.inside(lambda: office.client.post(f"{world.shop.office}{path}/enviar/", said))
    kept = world.scoped(lambda: Statement.objects.get())
    assert (kept.moneda, str(kept.closing)) == ("USD", "100.03")

    home = words(rosa.get())
    assert "En USD, debes $100.03" in home
    assert "Debes $399.00" in home
    his = words(rosa.get("estado/?moneda=USD"))
    assert "$100.03 USD" in his
    assert rosa.get("estado.xlsx?moneda=USD").content.startswith(b"PK")
    assert rosa.get("estado/?moneda=EUR").status_code == 404
