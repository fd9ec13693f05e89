"""What the ledger should say, worked out another way: a plain list of what happened, told over from the beginning for every
question. Nothing of `amate.ledger` is used, and nothing is added up that is not asked for. All in cents."""

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass
class Bill:
    """`of`: the customer. `when`: days. `iva` inside of `total`; `early` avisos are no income before they are paid."""

    of: int
    total: int
    iva: int
    due: int
    when: int
    early: bool
    gone: str = ""
    gone_when: int | None = None


@dataclass
class Money:
    of: int | None
    amount: int
    when: int
    iva: int = 0
    is_note: bool = False
    back: int | None = None


@dataclass
class Part:
    money: int
    bill: int
    amount: int
    when: int
    off: int | None = None
    frozen: bool = False


@dataclass
class Oracle:
    bills: dict[int, Bill] = field(default_factory=dict)
    moneys: dict[int, Money] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)

    # ------------------------------------------------------------ what is left

    def left(self, bill: int, day: int | None = None) -> int:
        return self.bills[bill].total - sum(one.amount for one in self.live(day) if one.bill == bill)

    def free(self, money: int) -> int:
        return self.moneys[money].amount - sum(one.amount for one in self.live() if one.money == money)

    def live(self, day: int | None = None) -> list[Part]:
        if day is None:
            return [one for one in self.parts if one.off is None]
        return [one for one in self.parts if one.when <= day and (one.off is None or one.off > day)]

    def owed(self, day: int) -> dict[int, int]:
        """{bill: left}"""
        found = {}
        for name, one in self.bills.items():
            gone = one.gone_when is not None and one.gone_when <= day
            if one.when <= day and not gone and self.left(name, day):
                found[name] = self.left(name, day)
        return found

    # ------------------------------------------------------------ what happens

    def pay(self, money: int, today: int, *, first: list[int], backdated: bool) -> None:
        """The rule of CYCLE §4, as a person would follow it with a pile of bills on the table."""
        of = self.moneys[money].of
        pile = [name for name, one in self.bills.items() if one.of == of and self.left(name) and not one.gone]
        given_up = [name for name in first if name in self.bills and self.bills[name].gone == "written_off"]
        pile += [name for name in given_up if self.bills[name].of == of and self.left(name) and name not in pile]
        order = [name for name in dict.fromkeys(first) if name in pile]
        for name in order:
            self._put(money, name, today, backdated)
            pile.remove(name)
        pile = [name for name in pile if not self.bills[name].gone]
        same = [name for name in pile if self.left(name) == self.free(money)]
        if len(same) == 1:
            self._put(money, same[0], today, backdated)
        while self.free(money) and (open_ := [name for name in pile if self.left(name)]):
            self._put(money, min(open_, key=lambda name: (self.bills[name].due, name)), today, backdated)

    def _put(self, money: int, bill: int, today: int, backdated: bool) -> None:
        amount = min(self.free(money), self.left(bill))
        if not amount:
            return
        one = self.bills[bill]
        since = [part.off for part in self.parts if part.bill == bill and part.off is not None]
        floor = max([one.when, *since, *([one.gone_when] if one.gone_when is not None else [])])
        day = max(self.moneys[money].when, floor) if backdated else today
        self.parts.append(Part(money, bill, amount, day))

    def use_credit(self, of: int, today: int) -> None:
        for name, one in sorted(self.moneys.items(), key=lambda pair: (pair[1].when, pair[0])):
            if one.of == of and one.back is None and self.free(name):
                self.pay(name, today, first=[], backdated=False)

    def take_back(self, parts: list[Part], today: int) -> None:
        for one in parts:
            one.off = today

    # ------------------------------------------------------------ sums

    def balance(self, of: int) -> int:
        """I8: what was billed, less what was given up, less what he paid or was credited."""
        billed = sum(
            one.total - (self.left(name) if one.gone == "written_off" else 0)
            for name, one in self.bills.items()
            if one.of == of and one.gone != "void"
        )
        return billed - sum(one.amount for one in self.moneys.values() if one.of == of and one.back is None)

    def unknown(self) -> int:
        return sum(one.amount for one in self.moneys.values() if one.of is None and one.back is None)

    def bridge(self) -> int:
        return sum(one.amount for one in self.moneys.values() if not one.is_note and one.back is None)

    def exact_iva_paid(self) -> Fraction:
        """Of every bill the share of its IVA that was paid, less what credit notes gave back."""
        paid = sum(
            (Fraction(one.amount * self.bills[one.bill].iva, self.bills[one.bill].total) for one in self.live()),
            Fraction(0),
        )
        return paid - sum(one.iva for one in self.moneys.values() if one.back is None)
