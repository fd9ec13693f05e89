"""Which promise is kept by which act. Outside calls stand between two transactions: claim, call, record."""

import secrets
from datetime import timedelta
from functools import partial

from amate.adapters.hosts import HostAway
from amate.companies.keep_csd import judge_csd
from amate.companies.own_host import PROOF, host_to_prove, record_not_proved, record_proof
from amate.companies.secrets import WrongMasterKey
from amate.fiscal.comprobante import DocumentRefused
from amate.fiscal.money import MoneyRefused
from amate.invoices.credit import NotCreditable
from amate.invoices.issue_moved import issue_moved
from amate.promises.keep import Handler
from amate.promises.lease import GiveUp, Lease, TryLater
from amate.self_invoicing.claim import release_claim
from amate.self_invoicing.claim_awaited import claim_awaited
from amate.self_invoicing.credit_refund import NotYet, credit_refund
from amate.worker import (
    bank_files,
    billing,
    cancellations,
    collection,
    documents,
    files,
    hooks,
    mails,
    orders,
    pac_trials,
    pages,
    payments,
    references,
    runs,
    statements,
    texts,
    vouchers,
)
from amate.worker.ask_sat import ask_sat
from amate.worker.inside import inside
from amate.worker.plugs import Plugs
from amate.worker.stamps import seal_and_stamp

ASKED_FOR = timedelta(days=1)


def handlers(plugs: Plugs) -> dict[str, Handler]:
    """Every kind of promise and the act that keeps it."""
    return {
        "seal_and_stamp": partial(seal_and_stamp, plugs),
        **{kind: partial(mails.post, plugs) for kind in mails.LETTERS},
        "try_mail": partial(mails.try_mail, plugs),
        "try_text": partial(texts.try_text, plugs),
        "cancel": partial(cancellations.cancel, plugs),
        "follow_cancellation": partial(cancellations.look, plugs),
        "look_for_requests": partial(cancellations.look_for_requests, plugs),
        "answer_cancellation": partial(cancellations.answer, plugs),
        "issue_moved": partial(issue_moved_rep, plugs),
        "ask_sat": partial(ask_sat, plugs),
        "release": partial(release, plugs),
        "claim_awaited": partial(claim_sale_awaited, plugs),
        "credit_refund": partial(credit_what_was_refunded, plugs),
        "document_payments": partial(documents.document, plugs),
        "take_back": partial(documents.take_back, plugs),
        "book_credit_note": partial(documents.credit_note, plugs),
        "register_note": partial(documents.register_note, plugs),
        "reconcile": partial(payments.reconcile, plugs),
        "sweep_payments": partial(payments.sweep, plugs),
        "give_reference": partial(references.give, plugs),
        "make_vouchers": partial(vouchers.make, plugs),
        "try_provider": partial(references.try_provider, plugs),
        "make_page": partial(pages.make_page, plugs),
        "look_at_page": partial(pages.look_at_page, plugs),
        "prove_notice": partial(pages.prove_notice, plugs),
        "book_bank_file": partial(bank_files.book, plugs),
        "undo_bank_file": partial(bank_files.undo, plugs),
        "remind": partial(collection.remind, plugs),
        "remind_by_text": partial(texts.post, plugs),
        "cut": partial(collection.cut, plugs),
        "suspend": partial(orders.drive, plugs),
        "observe": partial(orders.observe, plugs),
        "try_switch": partial(orders.try_switch, plugs),
        "reactivate": partial(orders.drive, plugs),
        "tell_hook": partial(hooks.tell_hook, plugs),
        "bill": partial(billing.bill, plugs),
        "make_statements": partial(statements.make, plugs),
        "find_accounts": partial(statements.find_accounts, plugs),
        "read_batch": partial(files.read, plugs),
        "commit_batch": partial(files.commit, plugs),
        "undo_batch": partial(files.undo, plugs),
        "do_to_many": partial(runs.do_to_many, plugs),
        "make_file": partial(runs.make, plugs),
        "keep_csd": partial(keep_sent_csd, plugs),
        "prove_host": partial(prove_host, plugs),
        "try_pac": partial(pac_trials.try_pac, plugs),
    }


async def release(plugs: Plugs, lease: Lease) -> bool:
    await inside(lease, release_claim, settles=plugs.clock)(invoice_id=lease.args["invoice_id"], now=plugs.clock())
    return True


async def claim_sale_awaited(plugs: Plugs, lease: Lease) -> bool:
    await inside(lease, claim_awaited, settles=plugs.clock)(ticket_id=lease.args["ticket_id"], now=plugs.clock())
    return True


async def credit_what_was_refunded(plugs: Plugs, lease: Lease) -> bool:
    try:
        await inside(lease, credit_refund, settles=plugs.clock)(refund_id=lease.args["refund_id"], now=plugs.clock())
    except NotYet as waits:
        raise TryLater(str(waits)) from waits
    except (NotCreditable, DocumentRefused, MoneyRefused) as refused:
        raise GiveUp(str(refused)) from refused
    return True


async def issue_moved_rep(plugs: Plugs, lease: Lease) -> bool:
    await inside(lease, issue_moved, settles=plugs.clock)(move_id=lease.args["move_id"], now=plugs.clock())
    return True


async def keep_sent_csd(plugs: Plugs, lease: Lease) -> bool:
    try:
        await inside(lease, judge_csd, settles=plugs.clock)(upload_id=lease.args["upload_id"], now=plugs.clock())
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed
    return True


async def prove_host(plugs: Plugs, lease: Lease) -> bool:
    """A name of the DNS takes its time to be seen: it is asked for a day, and then when a person asks again."""
    asked = await inside(lease, host_to_prove)()
    if asked is None:
        return False
    nonce = secrets.token_urlsafe(16)
    try:
        answer = await plugs.hosts.ask(asked.host, PROOF + nonce)
        why = await inside(lease, record_proof, fenced=True)(asked=asked, answer=answer, nonce=nonce, now=plugs.clock())
    except HostAway as away:
        why = await inside(lease, record_not_proved, fenced=True)(asked=asked, why=str(away))
    if why and plugs.clock() - asked.asked_at < ASKED_FOR:
        raise TryLater(why)
    return False
