"""Promises about a bank's statement: many short transactions, each of up to 100 lines, taken up again wherever they ended."""

from amate.billing_cycle.reconciliation.bank_file import AT_ONCE, end_booking, rows_to_book
from amate.billing_cycle.reconciliation.book_lines import book_lines
from amate.billing_cycle.reconciliation.undo_bank_file import end_undo, lines_to_undo, undo_lines
from amate.promises.lease import Lease
from amate.worker.inside import inside
from amate.worker.plugs import Plugs


async def book(plugs: Plugs, lease: Lease) -> bool:
    file_id = lease.args["file_id"]
    rows = await inside(lease, rows_to_book)(file_id=file_id)
    for start in range(0, len(rows), AT_ONCE):
        await inside(lease, book_lines, fenced=True)(
            file_id=file_id, rows=rows[start : start + AT_ONCE], now=plugs.clock()
        )
    await inside(lease, end_booking, fenced=True, settles=plugs.clock)(file_id=file_id, now=plugs.clock())
    return True


async def undo(plugs: Plugs, lease: Lease) -> bool:
    file_id = lease.args["file_id"]
    ids = await inside(lease, lines_to_undo)(file_id=file_id)
    for start in range(0, len(ids), AT_ONCE):
        await inside(lease, undo_lines, fenced=True)(
            file_id=file_id, line_ids=ids[start : start + AT_ONCE], now=plugs.clock()
        )
    await inside(lease, end_undo, fenced=True, settles=plugs.clock)(file_id=file_id, now=plugs.clock())
    return True
