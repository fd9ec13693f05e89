"""What the choices of the wheel mean, in plain words: the consequence stands beside the choice."""

from amate.companies.billing_policy import FiscalMode, WhileSuspended

# What follows from each mode (CYCLE 6), for who never read a manual.
MODES = {
    FiscalMode.AVISO: (
        "Aviso de cobro, factura cuando paga",
        "El cliente recibe un aviso de cobro, que no es comprobante fiscal. Cuando paga, sale sola su factura PUE con la "
        "forma en que pagó. Si no paga, no hay nada que cancelar ante el SAT.",
    ),
    FiscalMode.PPD: (
        "Factura PPD al cobrar",
        "La factura sale con cada cobro, te paguen o no. De cada pago sale su complemento, a más tardar el día 5 del mes "
        "siguiente. Si nunca paga, la factura queda y hay que cancelarla a mano.",
    ),
    FiscalMode.PUE_MES: (
        "Factura PUE que se paga en el mismo mes",
        "La factura sale con el cobro y dice que ya se sabe cómo se paga. Tiene que pagarse completa antes de que termine "
        "su mes; la que no, hay que cambiarla a PPD: te lo recordamos y se hace con un botón.",
    ),
    FiscalMode.CARGO: (
        "Primero el cargo, factura cuando se cobra",
        "Para lo que cargas tú a la tarjeta o CLABE que el cliente autorizó: Amate todavía no hace el cargo. Cuando el pago "
        "llega sale su factura PUE; si el cargo no pasa, no hay factura ni nada que cancelar.",
    ),
    FiscalMode.PUBLICO: (
        "Aviso de cobro, nota con código cuando paga",
        "Para clientes sin RFC. Cuando paga recibe una nota con su código: si quiere factura la pide en tu portal, y si no, "
        "entra en la factura global.",
    ),
}
SUSPENDED = {
    WhileSuspended.YES: "Se cobra completo aunque el servicio esté suspendido",
    WhileSuspended.NO: "No se cobra el periodo que empieza con el servicio suspendido",
    WhileSuspended.PARTIAL: "Se cobran solo los días con servicio",
}


def mode_says(mode: str) -> str:
    """What follows from a fiscal mode; empty for none."""
    return MODES[FiscalMode(mode)][1] if mode else ""


def mode_named(mode: str) -> str:
    return MODES[FiscalMode(mode)][0] if mode else ""
