"""Tax regimes and uses of a CFDI, and which go together (FISCAL USO-1, CFDI40157..40161)."""

from dataclasses import dataclass

from amate.fiscal.tables.entry import Entry, by_clave


@dataclass(frozen=True, slots=True)
class Regimen(Entry):
    fisica: bool = False
    moral: bool = False


@dataclass(frozen=True, slots=True)
class Uso(Entry):
    """`regimenes` are those of the receiver; the kind of person is the regime's, and the use's where it says so."""

    regimenes: frozenset[str] = frozenset()
    fisica: bool = True
    moral: bool = True


def _fisica(clave: str, texto: str) -> Regimen:
    return Regimen(clave, texto, fisica=True)


def _moral(clave: str, texto: str) -> Regimen:
    return Regimen(clave, texto, moral=True)


def _both(clave: str, texto: str) -> Regimen:
    return Regimen(clave, texto, fisica=True, moral=True)


REGIMENES = by_clave(
    [
        _moral("601", "General de Ley Personas Morales"),
        _moral("603", "Personas Morales con Fines no Lucrativos"),
        _fisica("605", "Sueldos y Salarios e Ingresos Asimilados a Salarios"),
        _fisica("606", "Arrendamiento"),
        _fisica("607", "Régimen de Enajenación o Adquisición de Bienes"),
        _fisica("608", "Demás ingresos"),
        _both("610", "Residentes en el Extranjero sin Establecimiento Permanente en México"),
        _fisica("611", "Ingresos por Dividendos (socios y accionistas)"),
        _fisica("612", "Personas Físicas con Actividades Empresariales y Profesionales"),
        _fisica("614", "Ingresos por intereses"),
        _fisica("615", "Régimen de los ingresos por obtención de premios"),
        _fisica("616", "Sin obligaciones fiscales"),
        _moral("620", "Sociedades Cooperativas de Producción que optan por diferir sus ingresos"),
        _fisica("621", "Incorporación Fiscal"),
        _moral("622", "Actividades Agrícolas, Ganaderas, Silvícolas y Pesqueras"),
        _moral("623", "Opcional para Grupos de Sociedades"),
        _moral("624", "Coordinados"),
        _fisica("625", "Régimen de las Actividades Empresariales con ingresos a través de Plataformas Tecnológicas"),
        _both("626", "Régimen Simplificado de Confianza"),
    ]
)

_ALL = frozenset(REGIMENES)
_GASTO = frozenset(["601", "603", "606", "612", "620", "621", "622", "623", "624", "625", "626"])
_DEDUCE = frozenset(["605", "606", "607", "608", "611", "612", "614", "615", "625"])


def _gasto(clave: str, texto: str, extra: frozenset[str] = frozenset()) -> Uso:
    return Uso(clave, texto, regimenes=_GASTO | extra)


def _deduce(clave: str, texto: str) -> Uso:
    return Uso(clave, texto, regimenes=_DEDUCE, moral=False)


USOS = by_clave(
    [
        _gasto("G01", "Adquisición de mercancías"),
        _gasto("G02", "Devoluciones, descuentos o bonificaciones", frozenset({"616"})),
        _gasto("G03", "Gastos en general"),
        _gasto("I01", "Construcciones"),
        _gasto("I02", "Mobiliario y equipo de oficina por inversiones"),
        _gasto("I03", "Equipo de transporte"),
        _gasto("I04", "Equipo de cómputo y accesorios"),
        _gasto("I05", "Dados, troqueles, moldes, matrices y herramental"),
        _gasto("I06", "Comunicaciones telefónicas"),
        _gasto("I07", "Comunicaciones satelitales"),
        _gasto("I08", "Otra maquinaria y equipo"),
        _deduce("D01", "Honorarios médicos, dentales y gastos hospitalarios"),
        _deduce("D02", "Gastos médicos por incapacidad o discapacidad"),
        _deduce("D03", "Gastos funerales"),
        _deduce("D04", "Donativos"),
        _deduce("D05", "Intereses reales efectivamente pagados por créditos hipotecarios (casa habitación)"),
        _deduce("D06", "Aportaciones voluntarias al SAR"),
        _deduce("D07", "Primas por seguros de gastos médicos"),
        _deduce("D08", "Gastos de transportación escolar obligatoria"),
        _deduce("D09", "Depósitos en cuentas para el ahorro, primas de planes de pensiones"),
        _deduce("D10", "Pagos por servicios educativos (colegiaturas)"),
        Uso("S01", "Sin efectos fiscales", regimenes=_ALL),
        Uso("CP01", "Pagos", regimenes=_ALL),
        Uso("CN01", "Nómina", regimenes=frozenset({"605"}), moral=False),
    ]
)
