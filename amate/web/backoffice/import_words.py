"""What the page of an import says of each kind of file."""

from dataclasses import dataclass

from amate.intake.models import Kind


@dataclass(frozen=True, slots=True)
class Words:
    """`new`, `changed`, `repeated`, `undone`: heads of their numbers; `stays`: after the number of the repeated; `kept`: why
    some stay after an undo; `save`: the button's verb before `nouns`, one or many; `pesos`: their total is told; `read`: what was read; `column`: head of
    where an error is."""

    new: str
    save: str
    nouns: str
    undo: str
    kept: str
    changed: str = "Cambian"
    repeated: str = "Ya estaban registradas"
    stays: str = "se quedan como están"
    undone: str = "Deshechas"
    pesos: bool = False
    read: str = "Renglones leídos"
    column: str = "Columna"


WORDS: dict[str, Words] = {
    Kind.SALES: Words(
        new="Ventas nuevas",
        save="Registrar",
        nouns="venta,ventas",
        undo="Cancela las notas que nadie ha facturado; las que ya se facturaron se quedan y te decimos cuántas son.",
        kept="alguien ya pidió su factura, o ya estaban canceladas",
        pesos=True,
    ),
    Kind.PRODUCTS: Words(
        new="Productos nuevos",
        save="Guardar",
        nouns="producto,productos",
        undo="Retira los productos que agregó; los que cambió se quedan como están.",
        kept="ya estaban retirados",
        changed="Productos que cambian",
    ),
    Kind.CUSTOMERS: Words(
        new="Clientes nuevos",
        save="Guardar",
        nouns="cliente,clientes",
        undo="Quita los clientes que agregó y nadie ha usado, y las propuestas que nadie ha revisado; lo demás se queda y te decimos cuánto es.",
        kept="ya tienen facturas, o alguien los cambió o revisó",
        changed="Ya son clientes y el archivo dice algo más: sus datos fiscales esperan tu revisión en Clientes",
        repeated="Ya son clientes y dice lo mismo",
        undone="Quitados o sin propuesta",
    ),
    Kind.BALANCES: Words(
        new="Saldos nuevos",
        save="Registrar",
        nouns="saldo,saldos",
        undo="Anula los saldos de los que nadie ha pagado nada; los demás se quedan y te decimos cuántos son.",
        kept="ya se les aplicó un pago, o ya se habían anulado",
        pesos=True,
        undone="Anulados",
    ),
    Kind.SUBSCRIBED: Words(
        new="Suscripciones nuevas",
        save="Empezar",
        nouns="suscripción,suscripciones",
        undo="Cancela las suscripciones de las que no se ha cobrado nada; las demás se quedan y te decimos cuántas son.",
        kept="ya se cobró algo de ellas, o ya habían terminado",
        undone="Canceladas",
    ),
    Kind.CFDI: Words(
        new="CFDI que entran",
        save="Guardar",
        nouns="CFDI,CFDI",
        undo="Anula los saldos de los que nadie ha pagado nada, quita los clientes que nadie ha usado, retira los productos que agregó y, si no quedó ningún saldo, borra los XML.",
        kept="ya se les aplicó un pago, tienen documentos o ya estaban retirados",
        repeated="Ya estaban, o vienen dos veces",
        undone="Saldos, clientes y productos deshechos",
        read="Archivos leídos",
        column="Archivo o documento",
    ),
}
