"""The accountant's pack of a month in one ZIP: every XML and PDF, the acuses of what was cancelled, and a list that adds
up to what the XML say."""

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from amate.desk.growing import Growing
from amate.desk.month_list import MonthBook, row_of
from amate.fiscal.clock import zone_of
from amate.invoices.models import Cancellation, CancellationPaper, Stamp
from amate.invoices.pdf import pdf_of

DAY = timedelta(days=1)
MONTH = "mes"  # the name of the act among runs
LIST = "lista.xlsx"
Tell = Callable[[int], None]


class NotAMonth(ValueError):
    """The message says how a month is written."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a company's calendar."""

    year: int
    month: int

    @classmethod
    def read(cls, text: str) -> "Month":
        """
        >>> Month.read("2026-11")
        Month(year=2026, month=11)
        """
        try:
            day = date.fromisoformat(f"{text}-01")
        except ValueError as wrong:
            raise NotAMonth("Escribe el mes como AAAA-MM, por ejemplo 2026-11") from wrong
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def holds(self, local: datetime) -> bool:
        return (local.year, local.month) == (self.year, self.month)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its first instant and that of the next month, where the company is."""
        following = Month(self.year + self.month // 12, self.month % 12 + 1)
        return tuple(datetime(one.year, one.month, 1, tzinfo=zone).astimezone(UTC) for one in (self, following))  # type: ignore[return-value]


def stamps_of(month: Month) -> list[int]:
    """Ids of the stamps whose Fecha lies in the month, oldest first. Fecha is of each branch's own place, so the last
    evening of a month is that month's in Tijuana too."""
    start, end = month.bounds(ZoneInfo("UTC"))
    found = Stamp.objects.filter(sealing__fecha__gte=start - DAY, sealing__fecha__lt=end + DAY)
    rows = found.order_by("sealing__fecha", "id").values_list("id", "sealing__fecha", "invoice__branch__cp")
    return [pk for pk, fecha, cp in rows if month.holds(fecha.astimezone(zone_of(cp)))]


def month_pack(*, month: Month, zone: ZoneInfo, tell: Tell) -> Iterator[bytes]:
    """The bytes of the ZIP as they are made: one document in memory at a time. `tell(documents)` hears how far it is."""
    start, end = month.bounds(zone)
    sink = Growing()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive, tempfile.TemporaryFile() as sheet:
        book = MonthBook(sheet, zone=zone)
        for number, stamp_id in enumerate(stamps_of(month), 1):
            stamp = Stamp.objects.select_related("invoice__branch").get(pk=stamp_id)
            name = f"{stamp.invoice.number}-{stamp.uuid}"
            archive.writestr(f"xml/{name}.xml", bytes(stamp.xml))
            archive.writestr(f"pdf/{name}.pdf", pdf_of(stamp))
            book.document(row_of(stamp, cancelled_at=_cancelled_at(stamp)))
            yield sink.taken()
            tell(number)
        settled = Cancellation.objects.filter(
            state=Cancellation.State.DONE, settled_at__gte=start, settled_at__lt=end
        ).order_by("settled_at", "id")
        for cancellation_id in list(settled.values_list("id", flat=True)):
            cancellation = Cancellation.objects.get(pk=cancellation_id)
            stamp = Stamp.objects.select_related("invoice__branch").get(invoice_id=cancellation.invoice_id)
            book.cancelled(row_of(stamp, cancelled_at=cancellation.settled_at))
            for paper in CancellationPaper.objects.filter(cancellation=cancellation).order_by("id"):
                archive.writestr(f"acuses/{stamp.uuid}-{paper.pk}-{paper.kind}.xml", bytes(paper.xml))
            yield sink.taken()
        book.close()
        sheet.seek(0)
        with archive.open(LIST, "w") as inside:
            while piece := sheet.read(262_144):
                inside.write(piece)
                yield sink.taken()
    yield sink.taken()


def _cancelled_at(stamp: Stamp) -> datetime | None:
    done = Cancellation.objects.filter(invoice_id=stamp.invoice_id, state=Cancellation.State.DONE)
    return done.values_list("settled_at", flat=True).first()
