"""Finkok: SOAP, XML in base64, user and password in every call (ENGINE FINKOK)."""

import base64
from uuid import UUID

import httpx

from amate.adapters.pac import (
    AnswerOrder,
    AnswerReceipt,
    CancelOrder,
    CancelReceipt,
    PacAccount,
    PacAmbiguous,
    PacRejected,
    PacUnavailable,
    Stamped,
)
from amate.adapters.pac.checked import checked, checked_acuse
from amate.adapters.pac.finkok_cancel import read_answers, read_codes, read_pending
from amate.adapters.pac.finkok_wire import Said, StampAnswer, envelope, read_result, read_stamp
from amate.adapters.pac.gate import Gate
from amate.adapters.pac.line import TIMEOUTS, Line
from amate.adapters.pac.sat_status import SatStanding, StatusQuery, standing_said
from amate.fiscal.qr import expression_total

STAMP, CANCEL, REGISTRATION = "stamp", "cancel", "registration"
NOBODYS = "00000000-0000-0000-0000-000000000000"
RECEIVED = ("201", "202")
CANCELLED = "C"  # which of its two receipts
ON_DEMAND = -1  # Finkok's "as many as you like"


class Finkok:
    """One account. Share it: it holds the connections and the gate. It has no key of ours: the bytes are the key."""

    code = "finkok"
    tells = True
    rfc = "FIN1203015JA"

    def __init__(self, account: PacAccount, *, timeouts: httpx.Timeout = TIMEOUTS) -> None:
        self._account = account
        self.counts = account.counts
        self._line = Line(account, timeouts=timeouts)

    @property
    def gate(self) -> Gate:
        return self._line.gate

    async def stamp(self, sealed: bytes, *, key: str) -> Stamped:
        """Raises `PacRejected`, `PacUnavailable`, `PacAmbiguous`.

        To what it stamped before, Finkok says 307 and sometimes forgets the XML: then `stamped` is asked for it.
        """
        async with self._line.told("pac.stamp", key=key, size=len(sealed)) as told:
            answer = await self._stamping("stamp", sealed)
            if answer.never_seen:
                raise PacAmbiguous("El PAC contesta que nunca vio lo que le pedimos timbrar")
            told.update(code=" ".join(one.code or one.message[:40] for one in answer.incidents))
            recovered = answer.already_stamped
            stamped = self._checked(sealed, answer if answer.xml else await self._kept(sealed), recovered=recovered)
            told.update(outcome="recovered" if recovered else "stamped")
            return stamped

    async def recover(self, sealed: bytes, *, key: str) -> Stamped | None:
        """None: it says that it never saw these bytes. For some seconds after a stamp it says so too."""
        async with self._line.told("pac.recover", key=key, size=len(sealed)) as told:
            answer = await self._stamping("stamped", sealed)
            if answer.xml is None and answer.never_seen:
                told.update(outcome="never seen")
                return None
            stamped = self._checked(sealed, answer, recovered=True)
            told.update(outcome="recovered")
            return stamped

    async def cancel(self, order: CancelOrder) -> CancelReceipt:
        """Raises `PacRejected`, `PacUnavailable`, `PacAmbiguous`."""
        async with self._line.told("pac.cancel", uuid=str(order.uuid), size=len(order.signed)) as told:
            said = await self._signed("cancel_signature", order.signed, store_pending="false")
            codes = read_codes(said, uuid=order.uuid)
            code = codes[order.uuid]
            acuse = said.text("Acuse") or (await self._receipt(order) if code in RECEIVED else "")
            told.update(outcome="answered", code=code)
            return CancelReceipt(codes, checked_acuse(acuse, uuid=order.uuid, code=code, rfc=order.rfc, received="201"))

    async def pending(self, rfc: str) -> list[UUID]:
        async with self._line.told("pac.pending") as told:
            try:
                said = await self._asked(CANCEL, "get_pending", {"rtaxpayer_id": rfc, **self._who()})
                waiting = read_pending(said)
            except PacAmbiguous as unread:
                raise PacUnavailable("network", f"No se pudieron leer las solicitudes: {unread}") from unread
            told.update(outcome="read")
            return waiting

    async def answer(self, order: AnswerOrder) -> AnswerReceipt:
        """Raises as `cancel`."""
        async with self._line.told("pac.answer", uuid=str(order.uuid), size=len(order.signed)) as told:
            said = await self._signed("accept_reject_signature", order.signed)
            codes = read_answers(said, uuid=order.uuid)
            code = codes[order.uuid]
            told.update(outcome="answered", code=code)
            acuse = checked_acuse(said.text("Acuse"), uuid=order.uuid, code=code, rfc=order.rfc, received="1000")
            return AnswerReceipt(codes, acuse)

    async def standing(self, query: StatusQuery) -> SatStanding:
        """What the SAT told it of one CFDI. It does not ask by the seal: the rest of `query` must match."""
        asked = {
            **self._who(),
            "taxpayer_id": query.rfc_emisor,
            "rtaxpayer_id": query.rfc_receptor,
            "uuid": str(query.uuid).upper(),
            "total": expression_total(query.total),
        }
        async with self._line.told("pac.standing", uuid=str(query.uuid)) as told:
            try:
                said = await self._asked(CANCEL, "get_sat_status", asked)
            except PacAmbiguous as unread:
                raise PacUnavailable("network", f"No se pudo leer el estado ante el SAT: {unread}") from unread
            answers = said.each("sat")
            if not answers:
                raise PacUnavailable("network", f"El PAC no dice el estado ante el SAT: {said.text('error')[:200]}")
            standing = standing_said(answers[0].text)
            told.update(outcome=standing.codigo[:7])
            return standing

    async def balance(self) -> int | None:
        """Finkok counts by RFC of the emitter: without one in the account it is only asked whether it knows us, and None."""
        if not self._account.rfc:
            await self._known()
            return None
        who = {"reseller_username": self._account.user, "reseller_password": self._account.password}
        async with self._line.told("pac.balance") as told:
            try:
                said = await self._asked(REGISTRATION, "get", {**who, "taxpayer_id": self._account.rfc})
            except PacAmbiguous as unread:
                raise PacUnavailable("network", f"No se pudo leer el saldo: {unread}") from unread
            users = said.each("users", "ResellerUser")
            if not users:
                raise PacUnavailable("credentials", f"El PAC no dice el saldo de la cuenta: {said.text('message')}")
            told.update(outcome="read")
            credit = users[0].text("credit")
            left = int(credit) if credit.lstrip("-").isdigit() else ON_DEMAND
            return None if left == ON_DEMAND else max(left, 0)

    async def _known(self) -> None:
        async with self._line.told("pac.balance") as told:
            try:
                said = await self._asked(STAMP, "query_pending", {**self._who(), "uuid": NOBODYS})
            except PacAmbiguous as unread:
                raise PacUnavailable("network", f"No se pudo preguntar por la cuenta: {unread}") from unread
            told.update(outcome="read")
            if NOBODYS not in said.text("error"):
                raise PacUnavailable("credentials", f"El PAC no acepta la cuenta: {said.text('error')}")

    async def aclose(self) -> None:
        await self._line.aclose()

    # ------------------------------------------------------------ the exchange

    def _checked(self, sealed: bytes, answer: StampAnswer, *, recovered: bool) -> Stamped:
        if answer.xml is None:
            raise PacAmbiguous("El PAC dice que ya lo timbró y aún no devuelve el XML")
        known = self._account.certificates
        return checked(sealed, answer.xml, uuid=answer.uuid, certificates=known, recovered=recovered)

    async def _kept(self, sealed: bytes) -> StampAnswer:
        """What it just said to have stamped. Raises `PacAmbiguous`, never `PacUnavailable`: "not processed"
        would be untrue of the document, and another PAC would stamp it a second time."""
        try:
            return await self._stamping("stamped", sealed)
        except PacUnavailable as away:
            raise PacAmbiguous(f"El PAC dice que ya lo timbró y no se le puede pedir: {away}") from away

    async def _stamping(self, operation: str, sealed: bytes) -> StampAnswer:
        """Only `stamp` can refuse a document: any no of `stamped` leaves what it may have stamped unknown."""
        xml = base64.b64encode(sealed).decode()
        said = await self._asked(STAMP, operation, {"xml": xml, **self._who()})
        try:
            return read_stamp(said)
        except PacRejected as no:
            if operation == "stamp":
                raise
            raise PacAmbiguous(f"Al pedirle el timbre, el PAC respondió {no}") from no

    def _who(self) -> dict[str, str]:
        return {"username": self._account.user, "password": self._account.password}

    async def _signed(self, operation: str, signed: bytes, **more: str) -> Said:
        xml = base64.b64encode(signed).decode()
        return await self._asked(CANCEL, operation, {"xml": xml, **self._who(), **more})

    async def _receipt(self, order: CancelOrder) -> str:
        """The acuse of what the SAT received, when the answer forgot it. Raises `PacAmbiguous`: it was received."""
        asked = {**self._who(), "taxpayer_id": order.rfc, "uuid": str(order.uuid).upper(), "type": CANCELLED}
        try:
            return (await self._asked(CANCEL, "get_receipt", asked)).text("receipt")
        except PacUnavailable as away:
            raise PacAmbiguous(f"El SAT recibió la solicitud y el PAC no entrega el acuse: {away}") from away

    async def _asked(self, service: str, operation: str, fields: dict[str, str]) -> Said:
        request = self._line.client.build_request(
            "POST",
            f"{self._account.services_url}/servicios/soap/{service}",
            headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": operation},
            content=envelope(service, operation, fields),
        )
        async with self.gate.passed():
            return read_result(operation, await self._line.send(request))
