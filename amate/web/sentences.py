"""Sentences with something put into them that a visitor may read, as the rooms write them: the first that fits is meant.

Their English stands in `amate/locale` under the same words.
"""

PATTERNS = (
    # the code of a note
    "Al código le falta o le sobra una letra, o hay una cambiada. Cópialo otra vez de tu nota (lleva {n} y escribiste {m})",
    # the receiver
    "El RFC lleva 12 o 13 caracteres y escribiste {n}",
    "“{name}” no es el nombre de nadie: escribe el que está en el SAT",
    "Leímos tu Constancia, y ya no la tenemos. Revisa que todo esté bien, y completa {what}. Tiene {n} regímenes: elige con "
    "cuál va esta factura ({regimenes}).",
    "Leímos tu Constancia, y ya no la tenemos. Revisa que todo esté bien. Tiene {n} regímenes: elige con cuál va esta "
    "factura ({regimenes}).",
    "Leímos tu Constancia, y ya no la tenemos. Revisa que todo esté bien, y completa {what}.",
    "tu nombre y {what}",
    "tu código postal y {what}",
    # the purchase and its time
    "Te queda {n} día para facturar",
    "Te quedan {n} días para facturar",
    "{tax} incluido",
    "{n} minutos",
    "{n} horas",
    "En el portal se facturan compras {which}.",
    "ya pagadas, {which}",
    "desde ${n}, {which}",
    "desde ${n}",
    "de la {which}",
    "Cada compra se factura hasta {until}.",
    "{until} o {or_until}, lo que llegue primero",
    "{n} días naturales después",
    "{n} días después de que termine su mes",
    # what was paid in several ways
    "{way} ${n}, {ways}",
    "{way} ${n}",
    # several notes in one invoice
    "{why} Así no se puede emitir: quita las otras notas y emite esta sola.",
    "{why} Así no se puede emitir: quítala de aquí y {alone}.",
    "{why} No la agregamos: {alone}.",
    "La nota {folio} es de la sucursal {branch} y la {other} es de {other_branch}: una factura dice un solo lugar de "
    "expedición.",
    "La nota {folio} es a crédito y la {other} ya está pagada: una factura dice un solo método de pago.",
    "La nota {folio} ya está pagada y la {other} es a crédito: una factura dice un solo método de pago.",
    "La nota {folio} está en {moneda} y la {other} en {other_moneda}: una factura dice una sola moneda.",
    "La nota {folio} ya tiene factura.",
    "La nota {folio} ya se está facturando.",
    "La nota {folio} ya no está en plazo.",
    "La nota {folio} ya está en la factura global de la tienda y sale de ella por separado.",
    "La nota {folio} ya está en la factura global de la tienda.",
    "La nota {folio} se canceló.",
    "La nota {folio} está en revisión en la tienda.",
    "La nota {folio} no se factura por ahora en el portal.",
    "La nota {folio} no se factura en el portal.",
    # a note among several
    "Parte {n}",
    "Son {n}: reparte todas, ni más ni menos, entre las partes.",
    "Son {n}: reparte todas, ni más ni menos",
    "Son {n}",
    "Una nota se divide en 2 partes o más, hasta {n}.",
    "La partida {n} no se puede repartir así sin que le falte o sobre un centavo: dásela a una sola parte.",
    # what was sent
    "Aquí caben {n} MB y no se guardó nada. Vuelve a la página anterior y elige uno más ligero; si es una foto, tómala con "
    "menos calidad.",
    # the account
    "Buscamos tu pago. Hasta el {day} no te enviamos avisos ni suspendemos tu servicio.",
    "Esperamos tu pago de ${n} a más tardar el {day}.",
    "Ya no te recordamos pagos por {channels}.",
    "El comprobante pasa de {n} MB: sube una foto más ligera.",
    "Vencido: {amount}",
    "Paga antes del {day}",
    "Tienes {amount} a favor.",
    "Prometiste pagar {amount} a más tardar el {day}.",
    "Tu próximo cargo es el {day}.",
)
