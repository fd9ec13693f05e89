"""References that a customer types or gives to a bank, with their check digits (OUTSIDE REF-2 to REF-4)."""

# REF-3: Damm's quasigroup of order ten.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_CLABE_WEIGHTS = (3, 7, 1)
SHORT = 99_999  # the last customer number that fits in REF-2


def damm_digit(body: str) -> str:
    """REF-3: the check digit of a run of digits; misses no single error and no swap of neighbours.

    >>> [damm_digit(body) for body in ("572", "000042", "123456")]
    ['4', '7', '6']
    """
    state = "0"
    for digit in _digits(body):
        state = _DAMM[int(state)][digit]
    return state


def is_damm(whole: str) -> bool:
    return len(whole) > 1 and _are_digits(whole) and damm_digit(whole) == "0"


def customer_reference(number: int) -> str:
    """REF-2: seven digits, as the *referencia numérica* of SPEI. Five of the number and MOD 97-10 up to 99,999, above them six
    and Damm. Raises ValueError for a number that does not fit.

    >>> [customer_reference(number) for number in (148, 1, 12345, 99999)]
    ['0014842', '0000195', '1234520', '9999925']
    """
    if not 0 < number < 1_000_000:
        raise ValueError(f"no reference of seven digits for customer {number}")
    if number > SHORT:
        return f"{number}{damm_digit(str(number))}"
    return f"{number:05}{98 - number * 100 % 97:02}"


def numbers_of_reference(said: str) -> list[int]:
    """The customers' numbers it may stand for. Of a hundred references above the short ones one checks as both kinds: then
    whoever matches looks which of the two exists, and asks a person if both do."""
    if len(said) != 7 or not _are_digits(said):
        return []
    short, long = int(said[:5]), int(said[:6])
    found = [short] if short and int(said) % 97 == 1 else []
    return [*found, long] if long > SHORT and is_damm(said) else found


def clabe_digit(body: str) -> str:
    """REF-4: the control digit of the first seventeen.

    >>> [clabe_digit(body) for body in ("64618001230000042", "64618001230000148", "03218000011835971")]
    ['5', '2', '9']
    """
    if len(body) != 17:
        raise ValueError("a CLABE has seventeen digits before its control digit")
    return str(-sum(digit * _CLABE_WEIGHTS[place % 3] % 10 for place, digit in enumerate(_digits(body))) % 10)


def customer_clabe(*, prefix: str, company: str, number: int) -> str:
    """REF-4: `prefix` is bank and plaza (6), `company` four digits, then the customer (7) and the control digit.

    >>> customer_clabe(prefix="646180", company="0123", number=42)
    '646180012300000425'
    """
    if len(prefix) != 6 or len(company) != 4 or not 0 < number < 10_000_000:
        raise ValueError(
            "a customer's CLABE is six digits of the bank, four of the company and a customer of up to seven"
        )
    body = f"{prefix}{company}{number:07}"
    return body + clabe_digit(body)


def is_clabe(whole: str) -> bool:
    return len(whole) == 18 and _are_digits(whole) and clabe_digit(whole[:17]) == whole[17]


def _are_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _digits(text: str) -> list[int]:
    if not _are_digits(text):
        raise ValueError(f"{text!r} is not made of digits")
    return [int(one) for one in text]
