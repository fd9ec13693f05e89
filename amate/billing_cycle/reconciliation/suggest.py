"""For whom a deposit that nobody could place may be: guesses for a page of them, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Count

from amate.billing_cycle.reconciliation.known import deposit_of, known_of, ours, signs_of
from amate.billing_cycle.reconciliation.match import Guess, guess
from amate.billing_cycle.reconciliation.models import BankLine
from amate.catalogs.search import plain_text
from amate.customers.models import Customer, CustomerWord
from amate.ledger.models import Receivable

MOST_CANDIDATES = 300
# What banks write of every deposit is nobody's name.
_BANK_WORDS = frozenset(
    [
        "pago",
        "pagos",
        "spei",
        "recibido",
        "deposito",
        "efectivo",
        "transferencia",
        "cuenta",
        "tercero",
        "terceros",
        "banco",
        "referencia",
        "concepto",
        "clave",
        "rastreo",
        "internet",
        "servicio",
        "mensualidad",
        "factura",
        "traspaso",
        "interbancaria",
        "abono",
        "cheque",
        "sucursal",
        "autorizacion",
        "bbva",
        "santander",
        "banorte",
        "banamex",
        "citibanamex",
        "hsbc",
        "scotiabank",
        "inbursa",
        "azteca",
        "recibida",
        "enviado",
        "orden",
        "numero",
    ]
)


def suggest(lines: Sequence[BankLine]) -> dict[int, tuple[Guess, ...]]:
    """By the line's id. `lines` come with their accounts."""
    if not lines:
        return {}
    own = ours()
    candidates = _candidates(lines)
    by_account: dict[int, list[BankLine]] = defaultdict(list)
    for line in lines:
        by_account[line.account_id].append(line)
    found: dict[int, tuple[Guess, ...]] = {}
    for of_one in by_account.values():
        deposits = [deposit_of(line, own) for line in of_one]
        account = of_one[0].account
        known = known_of(deposits, signs_of(deposits, account), account, also=candidates)
        found |= {line.pk: guess(deposit, known) for line, deposit in zip(of_one, deposits, strict=True)}
    return found


def _candidates(lines: Sequence[BankLine]) -> dict[int, str]:
    """Who owes just such an amount, and who has two words of his name in a text."""
    amounts = {line.amount for line in lines}
    owing = Receivable.objects.unpaid().filter(total__in=amounts).order_by("due_on", "id")
    ids = set(owing.values_list("customer_id", flat=True)[:MOST_CANDIDATES])
    words = {word for line in lines for word in plain_text(line.text).split() if len(word) > 2 and word.isalpha()}
    named = CustomerWord.objects.filter(word__in=words - _BANK_WORDS).values("customer_id")
    named = named.annotate(words=Count("word", distinct=True)).filter(words__gte=2).order_by("-words", "customer_id")
    ids |= {row["customer_id"] for row in named[:MOST_CANDIDATES]}
    return dict(Customer.objects.live().filter(pk__in=ids).values_list("pk", "nombre"))
