"""One thing or many of them, as Spanish writes it: near enough for a search."""


def beginnings_of(word: str) -> list[str]:
    """How singular and plural of a plain word (lower case, no accents) begin, whichever was typed.

    >>> beginnings_of("refrigeradores"), beginnings_of("tazas"), beginnings_of("pan")
    (['refrigerador'], ['taza'], ['pan'])
    >>> beginnings_of("lapiz"), beginnings_of("lapices"), beginnings_of("luz"), beginnings_of("gas")
    (['lapiz', 'lapic'], ['lapic', 'lapiz'], ['luz', 'luc'], ['gas'])
    """
    if word.endswith("ces") and len(word) > 4:
        return [word[:-2], f"{word[:-3]}z"]
    if word.endswith("z") and len(word) > 2:
        return [word, f"{word[:-1]}c"]
    for ending in ("es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return [word.removesuffix(ending)]
    return [word]
