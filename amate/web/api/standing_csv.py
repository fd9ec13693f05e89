"""The whole list at once, for a captive portal or a RADIUS that a cron feeds: a line a service, nothing else to follow."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from ninja import Router

from amate.billing_cycle.collection.served import Answer, answers_for
from amate.companies.day import zone_of_company
from amate.customers.models import Customer
from amate.web import clock
from amate.web.api.problems import FAULTS
from amate.web.api.standing import READ, TTL, has_tag, pesos

router = Router(tags=["Servicio"])
AT_ONCE = 500
HEADS = (
    "customer", "external_id", "desired", "actual", "settled", "reasons", "gen", "standing", "served", "balance", "overdue",
    "oldest_due",
)  # fmt: skip


@router.get(
    "",
    auth=READ,
    response={200: None, 304: None, **FAULTS},
    summary="Todos, en CSV: un renglón por servicio",
)
def standing_csv(request: HttpRequest) -> HttpResponse:
    """Para quien copia la lista entera cada tantos minutos: un renglón por servicio, en orden de cliente, y uno sin
    `external_id` por cada cliente que no tiene ninguno. `desired` (active o suspended) es lo que decide; lo demás, como en
    `GET /standing`.

    Manda `If-None-Match` con la `ETag` anterior y responde 304 si nada cambió. Si no contesta o llega a medias, quédate con
    la lista anterior: la última línea es `# fin` y cuántos renglones son.
    """
    today = clock.now().astimezone(zone_of_company()).date()
    file = io.StringIO()
    out = csv.writer(file, lineterminator="\n")
    out.writerow(HEADS)
    count = 0
    for row in _rows(today):
        out.writerow(row)
        count += 1
    out.writerow([f"# fin {count}"])
    body = file.getvalue().encode()
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    if has_tag(request, tag):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="standing.csv"'
    response["ETag"] = tag
    response["Cache-Control"] = f"private, max-age={TTL}"
    return response


def _rows(today: date) -> Iterator[list[str]]:
    numbers = list(Customer.objects.live().order_by("number").values_list("pk", "number"))
    for at in range(0, len(numbers), AT_ONCE):
        some = dict(numbers[at : at + AT_ONCE])
        answers = answers_for(list(some), today=today)
        for pk, number in some.items():
            yield from _of(answers[pk], number)


def _of(answer: Answer, number: int) -> Iterator[list[str]]:
    stand = answer.stand
    due = stand.oldest_due.isoformat() if stand.oldest_due else ""
    ends = [stand.standing, answer.serve, pesos(answer.balance), pesos(stand.overdue_amount), due]
    for line in answer.lines:
        reasons = " ".join(held.reason for held in line.holds)
        settled = "yes" if line.is_settled else "no"
        yield [str(number), line.external_id, line.desired, line.actual, settled, reasons, str(line.gen), *ends]
    if not answer.lines:
        yield [str(number), "", "", "", "", "", "", *ends]
