"""Where somebody pays taxes who pays none in Mexico."""

from amate.fiscal.catalogs import catalogs_in_force, name_of


def countries() -> list[tuple[str, str]]:
    """By name. MEX is not among them: who pays his taxes here has an RFC (CFDI40152)."""
    named = ((name_of("pais", key) or key, key) for key in catalogs_in_force().paises if key != "MEX")
    return [(key, name) for name, key in sorted(named)]
