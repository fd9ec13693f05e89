"""Who may what: every address of the product on a line of its own, with the answer each kind of person gets.

A new address needs its line here, or tests/web/test_who_may_what.py fails and names it. A method that has no line is
answered by 405 (a stranger may be sent to the login before, who has nothing there by 404).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

COMPANY = "oficina/<slug>/"

# Below /oficina/<company>/ ("." is the company's own page). yes: the page does its work, a form without its fields
# included; -: 403. Nobody signed in is sent to the login, people of another company get 404: that holds for every line.
OFFICE = """
address                                    method owner admin accountant collector cashier support
.                                          GET    yes   yes   yes        yes       yes     yes
notas/                                     GET    yes   yes   yes        yes       yes     yes
notas/<ticket>/                            GET    yes   yes   yes        yes       yes     yes
notas/<ticket>/nota.pdf                    GET    yes   yes   yes        -         yes     -
notas/<ticket>/bloquear/                   POST   yes   yes   yes        -         yes     -
notas/<ticket>/desbloquear/                POST   yes   yes   yes        -         yes     -
notas/<ticket>/cancelar/                   POST   yes   yes   yes        -         -       -
notas/<ticket>/devolver/                   GET    yes   yes   yes        -         -       -
notas/<ticket>/devolver/                   POST   yes   yes   yes        -         -       -
notas/<ticket>/dividir/                    GET    yes   yes   yes        -         yes     -
notas/<ticket>/dividir/                    POST   yes   yes   yes        -         yes     -
notas/<ticket>/unir/                       POST   yes   yes   yes        -         yes     -
notas/<ticket>/enviar/                     POST   yes   yes   yes        -         yes     -
mostrador/                                 GET    yes   yes   yes        yes       yes     yes
mostrador/nota/<ticket>/                   GET    yes   yes   yes        -         yes     -
mostrador/nota/<ticket>/                   POST   yes   yes   yes        -         yes     -
mostrador/venta/                           GET    yes   yes   yes        -         yes     -
mostrador/venta/                           POST   yes   yes   yes        -         yes     -
mostrador/factura/<invoice>/               GET    yes   yes   yes        yes       yes     yes
facturas/                                  GET    yes   yes   yes        yes       yes     yes
facturas/nueva/                            GET    yes   yes   yes        -         -       -
facturas/nueva/                            POST   yes   yes   yes        -         -       -
facturas/global/                           GET    yes   yes   yes        -         -       -
facturas/global/                           POST   yes   yes   yes        -         -       -
facturas/folios/                           GET    yes   yes   yes        yes       yes     yes
facturas/folios/exportar/                  GET    yes   yes   yes        yes       -       -
facturas/<invoice>/mover-pago/             GET    yes   yes   yes        -         -       -
facturas/<invoice>/mover-pago/             POST   yes   yes   yes        -         -       -
facturas/<invoice>/mover-pago/otra-vez/    POST   yes   yes   yes        -         -       -
facturas/<invoice>/mover-pago/dejar/       POST   yes   yes   yes        -         -       -
facturas/diferencias/                      GET    yes   yes   yes        yes       yes     yes
facturas/<invoice>/segun-el-sat/           POST   yes   yes   yes        -         -       -
facturas/plazos/                           GET    yes   yes   yes        yes       yes     yes
facturas/pue/                              GET    yes   yes   yes        yes       yes     yes
facturas/pue/                              POST   yes   yes   yes        -         -       -
facturas/<invoice>/aun-no-pagan/           POST   yes   yes   yes        -         -       -
facturas/<invoice>/pagada/                 POST   yes   yes   yes        -         -       -
facturas/<invoice>/a-ppd/                  POST   yes   yes   yes        -         -       -
facturas/<invoice>/                        GET    yes   yes   yes        yes       yes     yes
facturas/<invoice>/xml                     GET    yes   yes   yes        yes       yes     yes
facturas/<invoice>/pdf                     GET    yes   yes   yes        yes       yes     yes
facturas/<invoice>/notas/                  GET    yes   yes   yes        yes       -       -
facturas/<invoice>/reenviar/               POST   yes   yes   yes        -         yes     -
facturas/<invoice>/retirar-enlaces/        POST   yes   yes   yes        -         yes     -
facturas/<invoice>/sellar-de-nuevo/        POST   yes   yes   yes        -         -       -
facturas/<invoice>/cancelar/               GET    yes   yes   yes        -         -       -
facturas/<invoice>/cancelar/               POST   yes   yes   yes        -         -       -
facturas/<invoice>/cancelar/retirar/       POST   yes   yes   yes        -         -       -
facturas/<invoice>/cancelar/otra-vez/      POST   yes   yes   yes        -         -       -
facturas/<invoice>/abandonar/              POST   yes   yes   yes        -         -       -
facturas/<invoice>/acuses/<paper>.xml      GET    yes   yes   yes        yes       yes     yes
facturas/<invoice>/sustituir/              GET    yes   yes   yes        -         -       -
facturas/<invoice>/sustituir/              POST   yes   yes   yes        -         -       -
facturas/<invoice>/acreditar/              GET    yes   yes   yes        -         -       -
facturas/<invoice>/acreditar/              POST   yes   yes   yes        -         -       -
facturas/<invoice>/pago/                   GET    yes   yes   yes        -         -       -
facturas/<invoice>/pago/                   POST   yes   yes   yes        -         -       -
pagos/                                     GET    yes   yes   yes        yes       yes     yes
pagos/exportar/                            GET    yes   yes   yes        yes       -       -
pagos/exportar/                            POST   yes   yes   yes        yes       -       -
pagos/nuevo/                               GET    yes   yes   yes        yes       yes     -
pagos/nuevo/                               POST   yes   yes   yes        yes       yes     -
pagos/por-conciliar/                       GET    yes   yes   yes        yes       yes     yes
pagos/notificaciones/<event>/              POST   yes   yes   yes        yes       -       -
pagos/depositos/<line>/                    GET    yes   yes   yes        yes       yes     yes
pagos/depositos/<line>/                    POST   yes   yes   yes        yes       -       -
pagos/avisos/<report>/                     GET    yes   yes   yes        yes       yes     yes
pagos/avisos/<report>/                     POST   yes   yes   yes        yes       -       -
pagos/avisos/<report>/comprobante          GET    yes   yes   yes        yes       yes     yes
pagos/clientes/<customer>/                 GET    yes   yes   yes        yes       yes     yes
pagos/clientes/<customer>/                 POST   yes   yes   yes        yes       -       -
pagos/bancos/                              GET    yes   yes   yes        yes       -       -
pagos/bancos/                              POST   yes   yes   yes        yes       -       -
pagos/bancos/<file>/                       GET    yes   yes   yes        yes       -       -
pagos/bancos/<file>/columnas/              GET    yes   yes   yes        yes       -       -
pagos/bancos/<file>/columnas/              POST   yes   yes   yes        yes       -       -
pagos/bancos/<file>/aplicar/               POST   yes   yes   yes        yes       -       -
pagos/bancos/<file>/descartar/             POST   yes   yes   yes        yes       -       -
pagos/bancos/<file>/deshacer/              POST   yes   yes   yes        yes       -       -
pagos/<payment>/                           GET    yes   yes   yes        yes       yes     yes
pagos/<payment>/revertir/                  POST   yes   yes   yes        -         -       -
pagos/<payment>/revertir/dejar/            POST   yes   yes   yes        -         -       -
pagos/<payment>/mover/                     POST   yes   yes   yes        -         -       -
pagos/<payment>/identificar/               POST   yes   yes   yes        yes       -       -
solicitudes/                               GET    yes   yes   yes        yes       yes     yes
solicitudes/<request>/responder/           POST   yes   yes   yes        -         -       -
personas/                                  GET    yes   yes   yes        -         -       -
personas/                                  POST   yes   yes   -          -         -       -
personas/segundo-paso/                     GET    yes   -     -          -         -       -
personas/segundo-paso/                     POST   yes   -     -          -         -       -
personas/<member>/                         GET    yes   yes   -          -         -       -
personas/<member>/                         POST   yes   yes   -          -         -       -
personas/<member>/quitar/                  GET    yes   yes   -          -         -       -
personas/<member>/quitar/                  POST   yes   yes   -          -         -       -
personas/<member>/segundo-paso/            GET    yes   yes   -          -         -       -
personas/<member>/segundo-paso/            POST   yes   yes   -          -         -       -
personas/invitaciones/<invitation>/retirar/ GET    yes   yes   -          -         -       -
personas/invitaciones/<invitation>/retirar/ POST   yes   yes   -          -         -       -
claves/                                    GET    yes   yes   -          -         -       -
claves/                                    POST   yes   yes   -          -         -       -
claves/<key>/revocar/                      GET    yes   yes   -          -         -       -
claves/<key>/revocar/                      POST   yes   yes   -          -         -       -
auditoria/                                 GET    yes   yes   yes        -         -       -
importar/                                  GET    yes   yes   yes        yes       yes     yes
importar/                                  POST   yes   yes   yes        -         -       -
importar/<batch>/                          GET    yes   yes   yes        yes       yes     yes
importar/<batch>/columnas/                 GET    yes   yes   yes        -         -       -
importar/<batch>/columnas/                 POST   yes   yes   yes        -         -       -
importar/<batch>/errores.csv               GET    yes   yes   yes        yes       yes     yes
importar/<batch>/faltantes/                GET    yes   yes   yes        -         -       -
importar/<batch>/faltantes.csv             GET    yes   yes   yes        -         -       -
importar/<batch>/suscripciones.csv         GET    yes   yes   yes        -         -       -
importar/<batch>/registrar/                POST   yes   yes   yes        -         -       -
importar/<batch>/deshacer/                 POST   yes   yes   yes        -         -       -
productos/                                 GET    yes   yes   yes        yes       yes     yes
productos/nuevo/                           GET    yes   yes   yes        -         -       -
productos/nuevo/                           POST   yes   yes   yes        -         -       -
productos/<product>/                       GET    yes   yes   yes        yes       yes     yes
productos/<product>/                       POST   yes   yes   yes        -         -       -
productos/<product>/retirar/               POST   yes   yes   yes        -         -       -
productos/<product>/vender/                POST   yes   yes   yes        -         -       -
suscripciones/                             GET    yes   yes   yes        yes       yes     yes
suscripciones/<subscription>/              GET    yes   yes   yes        yes       yes     yes
suscripciones/planes/                      GET    yes   yes   yes        yes       yes     yes
suscripciones/planes/<plan>/               GET    yes   yes   yes        yes       yes     yes
corridas/                                  GET    yes   yes   yes        yes       yes     yes
corridas/<billing_run>/                    GET    yes   yes   yes        yes       yes     yes
corridas/antes/                            GET    yes   yes   yes        yes       yes     yes
corridas/detenidos/                        GET    yes   yes   yes        yes       yes     yes
suscripciones/nueva/                       GET    yes   yes   yes        -         -       -
suscripciones/nueva/                       POST   yes   yes   yes        -         -       -
suscripciones/<subscription>/cambiar/      GET    yes   yes   yes        -         -       -
suscripciones/<subscription>/cambiar/      POST   yes   yes   yes        -         -       -
suscripciones/<subscription>/pausar/       GET    yes   yes   yes        -         -       -
suscripciones/<subscription>/pausar/       POST   yes   yes   yes        -         -       -
suscripciones/<subscription>/reanudar/     GET    yes   yes   yes        -         -       -
suscripciones/<subscription>/reanudar/     POST   yes   yes   yes        -         -       -
suscripciones/<subscription>/baja/         GET    yes   yes   yes        -         -       -
suscripciones/<subscription>/baja/         POST   yes   yes   yes        -         -       -
suscripciones/<subscription>/quitar-baja/  GET    yes   yes   yes        -         -       -
suscripciones/<subscription>/quitar-baja/  POST   yes   yes   yes        -         -       -
suscripciones/<subscription>/una-vez/      GET    yes   yes   yes        -         -       -
suscripciones/<subscription>/una-vez/      POST   yes   yes   yes        -         -       -
suscripciones/<subscription>/cada-periodo/ GET    yes   yes   yes        -         -       -
suscripciones/<subscription>/cada-periodo/ POST   yes   yes   yes        -         -       -
suscripciones/planes/nuevo/                GET    yes   yes   yes        -         -       -
suscripciones/planes/nuevo/                POST   yes   yes   yes        -         -       -
suscripciones/precios/                     GET    yes   yes   yes        -         -       -
suscripciones/precios/                     POST   yes   yes   yes        -         -       -
corridas/<billing_run>/aprobar/            GET    yes   yes   yes        -         -       -
corridas/<billing_run>/aprobar/            POST   yes   yes   yes        -         -       -
suscripciones/planes/<plan>/               POST   yes   yes   yes        -         -       -
suscripciones/planes/<plan>/precio/        POST   yes   yes   yes        -         -       -
suscripciones/planes/<plan>/precio/<price>/quitar/ POST   yes   yes   yes        -         -       -
suscripciones/planes/<plan>/retirar/       POST   yes   yes   yes        -         -       -
suscripciones/planes/<plan>/ofrecer/       POST   yes   yes   yes        -         -       -
suscripciones/precios/<rise>/quitar/       POST   yes   yes   yes        -         -       -
corridas/detenidos/<parking>/otra-vez/     POST   yes   yes   yes        -         -       -
suscripciones/exportar/                    GET    yes   yes   yes        yes       -       -
suscripciones/exportar/                    POST   yes   yes   yes        yes       -       -
suscripciones/planes/exportar/             GET    yes   yes   yes        yes       -       -
suscripciones/planes/exportar/             POST   yes   yes   yes        yes       -       -
ajustes/cobro/                             GET    yes   yes   -          -         -       -
ajustes/cobro/                             POST   yes   yes   -          -         -       -
pendientes/                                GET    yes   yes   yes        yes       yes     yes
pendientes/<promise>/reintentar/           POST   yes   yes   yes        -         -       -
ajustes/                                   GET    yes   yes   -          -         -       -
ajustes/empresa/                           GET    yes   yes   -          -         -       -
ajustes/empresa/                           POST   yes   yes   -          -         -       -
ajustes/marca/                             GET    yes   yes   -          -         -       -
ajustes/marca/                             POST   yes   yes   -          -         -       -
ajustes/sucursales/                        GET    yes   yes   -          -         -       -
ajustes/sucursales/                        POST   yes   yes   -          -         -       -
ajustes/sucursales/<branch>/               GET    yes   yes   -          -         -       -
ajustes/sucursales/<branch>/               POST   yes   yes   -          -         -       -
ajustes/sello/                             GET    yes   yes   -          -         -       -
ajustes/sello/                             POST   yes   yes   -          -         -       -
ajustes/bancos/                            GET    yes   yes   -          -         -       -
ajustes/bancos/                            POST   yes   yes   -          -         -       -
ajustes/bancos/<account>/                  GET    yes   yes   -          -         -       -
ajustes/bancos/<account>/                  POST   yes   yes   -          -         -       -
ajustes/pagos/                             GET    yes   yes   -          -         -       -
ajustes/pagos/                             POST   yes   yes   -          -         -       -
ajustes/pagos/<provider>/                  GET    yes   yes   -          -         -       -
ajustes/pagos/<provider>/                  POST   yes   yes   -          -         -       -
ajustes/pagos/<provider>/probar/           POST   yes   yes   -          -         -       -
ajustes/pagos/<provider>/fichas/           POST   yes   yes   -          -         -       -
ajustes/pagos/<provider>/formas/           POST   yes   yes   -          -         -       -
ajustes/pagos/<provider>/desconectar/      POST   yes   yes   -          -         -       -
ajustes/bancos/<account>/reconocer/        POST   yes   yes   -          -         -       -
ajustes/portal/                            GET    yes   yes   -          -         -       -
ajustes/portal/                            POST   yes   yes   -          -         -       -
ajustes/portal/<branch>/                   GET    yes   yes   -          -         -       -
ajustes/portal/<branch>/                   POST   yes   yes   -          -         -       -
ajustes/marca/logotipo/                    POST   yes   yes   -          -         -       -
ajustes/marca/quitar/                      POST   yes   yes   -          -         -       -
ajustes/sucursales/<branch>/cerrar/        POST   yes   yes   -          -         -       -
ajustes/prueba/                            POST   yes   yes   -          -         -       -
ajustes/timbrado/                          GET    yes   yes   -          -         -       -
ajustes/timbrado/probar/                   POST   yes   yes   -          -         -       -
ajustes/timbrado/estado/                   GET    yes   yes   -          -         -       -
ajustes/sucursales/hora/                   GET    yes   yes   -          -         -       -
ajustes/sello/estado/                      GET    yes   yes   -          -         -       -
ajustes/correo/                            GET    yes   yes   -          -         -       -
ajustes/correo/                            POST   yes   yes   -          -         -       -
ajustes/correo/probar/                     POST   yes   yes   -          -         -       -
ajustes/correo/probar/estado/              GET    yes   yes   -          -         -       -
ajustes/globales/                          GET    yes   yes   -          -         -       -
ajustes/globales/                          POST   yes   yes   -          -         -       -
ajustes/avisos/                            GET    yes   yes   -          -         -       -
ajustes/avisos/                            POST   yes   yes   -          -         -       -
ajustes/avisos/<hook>/                     GET    yes   yes   -          -         -       -
ajustes/avisos/<hook>/                     POST   yes   yes   -          -         -       -
ajustes/avisos/<hook>/llave/               POST   yes   yes   -          -         -       -
ajustes/avisos/<hook>/repetir/             POST   yes   yes   -          -         -       -
ajustes/avisos/<hook>/apagar/              POST   yes   yes   -          -         -       -
ajustes/sms/                               GET    yes   yes   -          -         -       -
ajustes/sms/                               POST   yes   yes   -          -         -       -
ajustes/sms/apagar/                        POST   yes   yes   -          -         -       -
ajustes/sms/probar/                        POST   yes   yes   -          -         -       -
ajustes/sms/probar/estado/                 GET    yes   yes   -          -         -       -
ajustes/reloj/                             GET    yes   yes   -          -         -       -
ajustes/reloj/                             POST   yes   yes   -          -         -       -
ajustes/dominio/                           GET    yes   yes   -          -         -       -
ajustes/dominio/                           POST   yes   yes   -          -         -       -
ajustes/dominio/quitar/                    POST   yes   yes   -          -         -       -
ajustes/marca/textos/                      POST   yes   yes   -          -         -       -
ajustes/sucursales/<branch>/logotipo/      POST   yes   yes   -          -         -       -
ajustes/sucursales/<branch>/sin-logotipo/  POST   yes   yes   -          -         -       -
auditoria/exportar/                        GET    yes   yes   yes        -         -       -
auditoria/exportar/                        POST   yes   yes   yes        -         -       -
ayuda/                                     GET    yes   yes   yes        yes       yes     yes
ayuda/<case>/                              GET    yes   yes   yes        yes       yes     yes
ayuda/<case>/abrir/                        POST   yes   yes   yes        -         yes     yes
ayuda/<case>/aprobar/                      POST   yes   yes   yes        -         -       -
ayuda/<case>/reabrir-nota/                 POST   yes   yes   yes        -         yes     -
ayuda/<case>/cerrar/                       POST   yes   yes   yes        -         yes     yes
ayuda/<case>/responder/                    POST   yes   yes   yes        -         yes     yes
buscar/                                    GET    yes   yes   yes        yes       yes     yes
claves-sat/                                GET    yes   yes   yes        yes       yes     yes
teclas/                                    GET    yes   yes   yes        yes       yes     yes
teclas/                                    POST   yes   yes   yes        yes       yes     yes
clientes/                                  GET    yes   yes   yes        yes       yes     yes
clientes/nuevo/                            GET    yes   yes   yes        -         -       -
atender/                                   GET    yes   yes   yes        yes       yes     yes
atender/<customer>/                        GET    yes   yes   yes        yes       yes     yes
atender/<customer>/promesa/                POST   yes   yes   yes        yes       -       yes
atender/<customer>/promesa/retirar/        POST   yes   yes   yes        yes       -       yes
atender/<customer>/cortesia/               POST   yes   yes   yes        yes       -       yes
atender/<customer>/exencion/               POST   yes   yes   yes        -         -       -
atender/<customer>/exencion/quitar/        POST   yes   yes   yes        -         -       -
atender/<customer>/avisos/                 POST   yes   yes   yes        yes       -       yes
por-cobrar/                                GET    yes   yes   yes        yes       yes     yes
por-cobrar/exportar/                       GET    yes   yes   yes        yes       -       -
por-cobrar/exportar/                       POST   yes   yes   yes        yes       -       -
por-cobrar/agenda/                         GET    yes   yes   yes        yes       yes     yes
por-cobrar/agenda/<customer>/              GET    yes   yes   yes        yes       -       yes
por-cobrar/agenda/<customer>/nota/         POST   yes   yes   yes        yes       -       yes
por-cobrar/agenda/<customer>/listo/        POST   yes   yes   yes        yes       -       yes
por-cobrar/<receivable>/                   GET    yes   yes   yes        yes       yes     yes
por-cobrar/<receivable>/anular/            POST   yes   yes   yes        -         -       -
por-cobrar/<receivable>/incobrable/        POST   yes   yes   yes        -         -       -
reportes/                                  GET    yes   yes   yes        yes       -       -
reportes/antiguedad/                       GET    yes   yes   yes        yes       -       -
reportes/antiguedad/exportar/              GET    yes   yes   yes        yes       -       -
reportes/deudores/                         GET    yes   yes   yes        yes       -       -
reportes/deudores/exportar/                GET    yes   yes   yes        yes       -       -
reportes/cumplidos/                        GET    yes   yes   yes        yes       -       -
reportes/cumplidos/exportar/               GET    yes   yes   yes        yes       -       -
reportes/ingresos/                         GET    yes   yes   yes        yes       -       -
reportes/ingresos/exportar/                GET    yes   yes   yes        yes       -       -
reportes/formas/                           GET    yes   yes   yes        yes       -       -
reportes/formas/exportar/                  GET    yes   yes   yes        yes       -       -
reportes/planes/                           GET    yes   yes   yes        yes       -       -
reportes/planes/exportar/                  GET    yes   yes   yes        yes       -       -
reportes/cobranza/                         GET    yes   yes   yes        yes       -       -
reportes/cobranza/exportar/                GET    yes   yes   yes        yes       -       -
reportes/dias/                             GET    yes   yes   yes        yes       -       -
reportes/dias/exportar/                    GET    yes   yes   yes        yes       -       -
reportes/avisos/                           GET    yes   yes   yes        yes       -       -
reportes/avisos/exportar/                  GET    yes   yes   yes        yes       -       -
reportes/recurrente/                       GET    yes   yes   yes        yes       -       -
reportes/recurrente/exportar/              GET    yes   yes   yes        yes       -       -
reportes/movimientos/                      GET    yes   yes   yes        yes       -       -
reportes/movimientos/exportar/             GET    yes   yes   yes        yes       -       -
reportes/embudo/                           GET    yes   yes   yes        yes       -       -
reportes/embudo/exportar/                  GET    yes   yes   yes        yes       -       -
reportes/tropiezos/                        GET    yes   yes   yes        yes       -       -
reportes/tropiezos/exportar/               GET    yes   yes   yes        yes       -       -
reportes/autofactura/                      GET    yes   yes   yes        yes       -       -
reportes/autofactura/exportar/             GET    yes   yes   yes        yes       -       -
servicios/                                 GET    yes   yes   yes        yes       yes     yes
servicios/exportar/                        GET    yes   yes   yes        yes       -       -
servicios/exportar/                        POST   yes   yes   yes        yes       -       -
servicios/sistemas/                        GET    yes   yes   -          -         -       -
servicios/sistemas/                        POST   yes   yes   -          -         -       -
servicios/sistemas/<switch>/               GET    yes   yes   -          -         -       -
servicios/sistemas/<switch>/               POST   yes   yes   -          -         -       -
servicios/sistemas/<switch>/llave/         POST   yes   yes   -          -         -       -
servicios/sistemas/<switch>/probar/        POST   yes   yes   -          -         -       -
clientes/<customer>/servicio/              GET    yes   yes   yes        -         -       -
clientes/<customer>/servicio/              POST   yes   yes   yes        -         -       -
servicios/cortes/                          GET    yes   yes   yes        yes       yes     yes
servicios/cortes/veto/                     POST   yes   yes   yes        -         -       -
servicios/cortes/permitir/                 POST   yes   yes   -          -         -       -
servicios/<service>/                       GET    yes   yes   yes        yes       yes     yes
servicios/<service>/suspender/             POST   yes   yes   yes        yes       -       -
servicios/<service>/volver/                POST   yes   yes   yes        yes       -       -
servicios/<service>/avisar/                POST   yes   yes   yes        yes       -       -
servicios/<service>/baja/                  POST   yes   yes   yes        yes       -       -
servicios/<service>/hecho/                 POST   yes   yes   yes        yes       -       -
clientes/nuevo/                            POST   yes   yes   yes        -         -       -
clientes/<customer>/                       GET    yes   yes   yes        yes       yes     yes
clientes/<customer>/datos/                 GET    yes   yes   yes        -         -       -
clientes/<customer>/datos/                 POST   yes   yes   yes        -         -       -
clientes/<customer>/verificar/             POST   yes   yes   yes        -         -       -
clientes/<customer>/contactos/nuevo/       GET    yes   yes   yes        yes       yes     yes
clientes/<customer>/contactos/nuevo/       POST   yes   yes   yes        yes       yes     yes
clientes/<customer>/contactos/<contact>/   GET    yes   yes   yes        yes       yes     yes
clientes/<customer>/contactos/<contact>/   POST   yes   yes   yes        yes       yes     yes
clientes/<customer>/contactos/<contact>/quitar/ GET    yes   yes   yes        -         -       -
clientes/<customer>/contactos/<contact>/quitar/ POST   yes   yes   yes        -         -       -
clientes/<customer>/estado/                GET    yes   yes   yes        yes       yes     yes
clientes/<customer>/estado.pdf             GET    yes   yes   yes        yes       yes     yes
clientes/<customer>/estado.xlsx            GET    yes   yes   yes        yes       yes     yes
clientes/<customer>/estado/enviar/         POST   yes   yes   yes        yes       yes     yes
clientes/<customer>/enlaces/retirar/       POST   yes   yes   yes        -         yes     -
clientes/<customer>/unir/                  GET    yes   yes   yes        -         -       -
clientes/<customer>/unir/<other>/          GET    yes   yes   yes        -         -       -
clientes/<customer>/unir/<other>/          POST   yes   yes   yes        -         -       -
clientes/propuestas/                       GET    yes   yes   yes        yes       yes     yes
clientes/propuestas/<profile>/             GET    yes   yes   yes        yes       yes     yes
clientes/propuestas/<profile>/             POST   yes   yes   yes        -         -       -
correos/                                   GET    yes   yes   yes        yes       yes     yes
correos/<message>/atendido/                POST   yes   yes   yes        -         yes     -
correos/<message>/por-atender/             POST   yes   yes   yes        -         yes     -
facturas/mes/                              GET    yes   yes   yes        -         -       -
facturas/mes/                              POST   yes   yes   yes        -         -       -
facturas/exportar/                         GET    yes   yes   yes        yes       -       -
facturas/exportar/                         POST   yes   yes   yes        yes       -       -
facturas/varias/                           GET    yes   yes   yes        yes       yes     yes
facturas/varias/                           POST   yes   yes   yes        yes       yes     yes
notas/exportar/                            GET    yes   yes   yes        yes       -       -
notas/exportar/                            POST   yes   yes   yes        yes       -       -
notas/varias/                              GET    yes   yes   yes        yes       yes     yes
notas/varias/                              POST   yes   yes   yes        yes       yes     yes
clientes/exportar/                         GET    yes   yes   yes        yes       -       -
clientes/exportar/                         POST   yes   yes   yes        yes       -       -
correos/exportar/                          GET    yes   yes   yes        yes       -       -
correos/exportar/                          POST   yes   yes   yes        yes       -       -
ayuda/exportar/                            GET    yes   yes   yes        yes       -       -
ayuda/exportar/                            POST   yes   yes   yes        yes       -       -
productos/exportar/                        GET    yes   yes   yes        yes       -       -
productos/exportar/                        POST   yes   yes   yes        yes       -       -
trabajos/<run>/                            GET    yes   yes   yes        yes       yes     yes
trabajos/<run>/detener/                    POST   yes   yes   yes        yes       yes     yes
trabajos/<run>/archivo                     GET    yes   yes   yes        yes       -       -
trabajos/<run>/fuera.csv                   GET    yes   yes   yes        yes       yes     yes
borradores/                                POST   yes   yes   yes        yes       yes     yes
borradores/descartar/                      POST   yes   yes   yes        yes       yes     yes
vistas/                                    GET    yes   yes   yes        yes       yes     yes
vistas/nueva/                              GET    yes   yes   yes        yes       yes     yes
vistas/nueva/                              POST   yes   yes   yes        yes       yes     yes
vistas/<view>/                             GET    yes   yes   yes        yes       yes     yes
vistas/<view>/                             POST   yes   yes   yes        yes       yes     yes
vistas/<view>/quitar/                      POST   yes   yes   yes        yes       yes     yes
"""

# What is done to many rows at once, below notas/varias/ and facturas/varias/; and who reads whole billing codes.
MANY = """
act          owner admin accountant collector cashier support
bloquear     yes   yes   yes        -         yes     -
desbloquear  yes   yes   yes        -         -       -
cancelar     yes   yes   yes        -         -       -
enviar       yes   yes   yes        -         yes     -
reenviar     yes   yes   yes        -         yes     -
zip          yes   yes   yes        -         -       -
"""
CODES = """
codes        owner admin accountant collector cashier support
whole        yes   yes   yes        -         yes     -
"""

# What belongs to no company of its own. open: answered; login: sent to the login; again: the person shows once more who it
# is; none: 404; 503: no worker runs beside this test. "person" is signed in, by the password alone, and works for no company here.
EVERYBODY = """
address                                    method stranger person
.                                          GET    open     open
.                                          POST   open     open
salud/                                     GET    503      503
salud/                                     POST   503      503
salud/web/                                 GET    open     open
salud/web/                                 POST   open     open
metrics                                    GET    none     none
empezar/<token>                            GET    none     none
empezar/<token>                            POST   none     none
oficina/                                   GET    login    open
oficina/                                   POST   login    open
cuenta/login/                              GET    open     open
cuenta/login/                              POST   open     open
cuenta/logout/                             GET    login    open
cuenta/logout/                             POST   login    login
cuenta/inactive/                           GET    open     open
cuenta/reauthenticate/                     GET    login    open
cuenta/reauthenticate/                     POST   login    open
cuenta/sesiones/                           GET    login    open
cuenta/sesiones/cerrar/                    POST   login    open
cuenta/invitacion/<token>/                 GET    none     none
cuenta/invitacion/<token>/                 POST   none     none
cuenta/segundo-paso/<slug>/                GET    login    none
cuenta/correo/                             GET    login    again
cuenta/correo/                             POST   login    again
cuenta/correo/<token>/                     GET    login    none
cuenta/correo/<token>/                     POST   login    none
cuenta/password/change/                    GET    login    open
cuenta/password/change/                    POST   login    open
cuenta/password/reset/                     GET    open     open
cuenta/password/reset/                     POST   open     open
cuenta/password/reset/done/                GET    open     open
cuenta/password/reset/key/<token>/         GET    open     open
cuenta/password/reset/key/<token>/         POST   open     open
cuenta/password/reset/key/done/            GET    open     open
cuenta/2fa/                                GET    login    open
cuenta/2fa/authenticate/                   GET    login    open
cuenta/2fa/authenticate/                   POST   login    open
cuenta/2fa/reauthenticate/                 GET    login    again
cuenta/2fa/reauthenticate/                 POST   login    again
cuenta/2fa/totp/activate/                  GET    login    again
cuenta/2fa/totp/activate/                  POST   login    again
cuenta/2fa/totp/deactivate/                GET    login    none
cuenta/2fa/totp/deactivate/                POST   login    none
cuenta/2fa/recovery-codes/                 GET    login    none
cuenta/2fa/recovery-codes/generate/        GET    login    again
cuenta/2fa/recovery-codes/generate/        POST   login    again
cuenta/2fa/recovery-codes/download/        GET    login    none
cuenta/2fa/webauthn/                       GET    login    open
cuenta/2fa/webauthn/add/                   GET    login    again
cuenta/2fa/webauthn/add/                   POST   login    again
cuenta/2fa/webauthn/reauthenticate/        GET    login    again
cuenta/2fa/webauthn/reauthenticate/        POST   login    again
cuenta/2fa/webauthn/keys/<pk>/remove/      GET    login    again
cuenta/2fa/webauthn/keys/<pk>/remove/      POST   login    again
cuenta/2fa/webauthn/keys/<pk>/edit/        GET    login    again
cuenta/2fa/webauthn/keys/<pk>/edit/        POST   login    again
cuenta/2fa/webauthn/login/                 GET    login    open
cuenta/2fa/webauthn/login/                 POST   login    open
f/<slug>/                                  GET    open     open
f/<slug>/                                  POST   open     open
f/<slug>/datos/                            GET    open     open
f/<slug>/datos/                            POST   open     open
f/<slug>/datos/fiscal/                     POST   open     open
f/<slug>/datos/constancia/                 POST   open     open
f/<slug>/datos/extranjero/                 GET    open     open
f/<slug>/datos/extranjero/                 POST   open     open
f/<slug>/corregir/                         GET    open     open
f/<slug>/corregir/                         POST   open     open
f/<slug>/corregir/fiscal/                  POST   open     open
f/<slug>/corregir/revisar/                 GET    open     open
f/<slug>/corregir/revisar/                 POST   open     open
f/<slug>/reciente/                         GET    open     open
f/<slug>/reciente/                         POST   open     open
f/<slug>/reciente/fiscal/                  POST   open     open
f/<slug>/reciente/guardada/                GET    open     open
f/<slug>/mis-compras/                      GET    open     open
f/<slug>/mis-compras/                      POST   open     open
f/<slug>/mis-compras/<token>/              GET    open     open
f/<slug>/recordar/                         GET    open     open
f/<slug>/recordar/                         POST   open     open
f/<slug>/revisar/                          GET    open     open
f/<slug>/revisar/                          POST   open     open
f/<slug>/revisar/nombre/                   POST   open     open
f/<slug>/emitiendo/                        GET    open     open
f/<slug>/listo/                            GET    open     open
f/<slug>/factura.pdf                       GET    open     open
f/<slug>/factura.xml                       GET    open     open
f/<slug>/nota.pdf                          GET    open     open
f/<slug>/notas/                            GET    open     open
f/<slug>/notas/                            POST   open     open
f/<slug>/notas/quitar/                     POST   open     open
f/<slug>/enviar/                           GET    open     open
f/<slug>/enviar/                           POST   open     open
f/<slug>/otra/                             POST   open     open
f/<slug>/descargar/                        GET    open     open
f/<slug>/descargar/                        POST   open     open
f/<slug>/dividir/                          GET    open     open
f/<slug>/dividir/                          POST   open     open
f/<slug>/unir/                             POST   open     open
f/<slug>/partes/                           GET    open     open
f/<slug>/aviso/                            GET    open     open
f/<slug>/espera/                           GET    open     open
f/<slug>/ayuda/                            GET    open     open
f/<slug>/privacidad/                       GET    open     open
f/<slug>/accesibilidad/                    GET    open     open
f/<slug>/-/marca.css                       GET    open     open
f/<slug>/-/factura.js                      GET    open     open
f/<slug>/-/logo.png                        GET    none     none
f/<slug>/-/atencion/<token>.svg            GET    none     none
f/<slug>/-/logo-<branch>.png               GET    none     none
f/<slug>/-/logo-<branch>.png               POST   none     none
avisos/<slug>/correo/                      POST   none     none
avisos/<slug>/pagos/<account>/             POST   none     none
f/<slug>/ayuda/                            POST   open     open
f/<slug>/d/<token>/                        GET    none     none
f/<slug>/d/<token>/                        POST   none     none
f/<slug>/tarea/<token>/                      GET    none     none
f/<slug>/tarea/<token>/                      POST   none     none
f/<slug>/d/<token>/corregir/               POST   none     none
f/<slug>/d/<token>/acuse.xml               GET    none     none
f/<slug>/d/<token>/factura.pdf             GET    none     none
f/<slug>/d/<token>/factura.xml             GET    none     none
f/<slug>/cuenta/                           GET    open     open
f/<slug>/cuenta/                           POST   open     open
f/<slug>/cuenta/una-vez/<token>/           GET    none     none
f/<slug>/cuenta/una-vez/<token>/           POST   none     none
f/<slug>/cuenta/<token>/                   GET    none     none
f/<slug>/cuenta/<token>/                   POST   none     none
f/<slug>/cuenta/de-regreso/<reference>/<token>/ GET    none     none
f/<slug>/cuenta/<token>/pagar/<account>/<receivable>/ GET    none     none
f/<slug>/cuenta/<token>/pagar/<account>/<receivable>/ POST   none     none
f/<slug>/cuenta/<token>/estado/            GET    none     none
f/<slug>/cuenta/<token>/estado.pdf         GET    none     none
f/<slug>/cuenta/<token>/estado.xlsx        GET    none     none
f/<slug>/cuenta/<token>/documentos/        GET    none     none
f/<slug>/cuenta/<token>/documentos/<invoice>.pdf GET    none     none
f/<slug>/cuenta/<token>/documentos/<invoice>.pdf POST   none     none
f/<slug>/cuenta/<token>/documentos/<invoice>.xml GET    none     none
f/<slug>/cuenta/<token>/documentos/<invoice>.xml POST   none     none
f/<slug>/cuenta/<token>/avisar-pago/       GET    none     none
f/<slug>/cuenta/<token>/avisar-pago/       POST   none     none
f/<slug>/cuenta/<token>/prometer/          GET    none     none
f/<slug>/cuenta/<token>/prometer/          POST   none     none
f/<slug>/cuenta/<token>/datos/             GET    none     none
f/<slug>/cuenta/<token>/datos/             POST   none     none
f/<slug>/cuenta/<token>/avisos/            GET    none     none
f/<slug>/cuenta/<token>/avisos/            POST   none     none
f/<slug>/<code>/<cents>                    GET    open     open
api/v1/openapi.json                        GET    open     open
api/v1/openapi.json                        POST   open     open
"""

# Every operation of the API and the one permission a key needs for it. Without a key it is 401, without that permission
# 403 that names it.
API = """
method operation                                scope
GET    /tickets/{code}                          tickets:read
GET    /tickets/{code}/note.pdf                 tickets:read
GET    /tickets/{code}/note.txt                 tickets:read
GET    /tickets/{code}/note.escpos              tickets:read
PUT    /tickets/{code}/note.pdf                 tickets:write
PUT    /tickets/{code}/note.txt                 tickets:write
PUT    /tickets/{code}/note.escpos              tickets:write
DELETE /tickets/{code}/note.pdf                 tickets:write
DELETE /tickets/{code}/note.txt                 tickets:write
DELETE /tickets/{code}/note.escpos              tickets:write
PUT    /tickets/{source}/{external_id}          tickets:write
DELETE /tickets/{source}/{external_id}          tickets:write
POST   /tickets/{source}/{external_id}/lock     tickets:write
POST   /tickets/{source}/{external_id}/unlock   tickets:write
PUT    /tickets/{source}/{external_id}/refunds/{refund_id} tickets:write
GET    /tickets/{source}/{external_id}/refunds/{refund_id} tickets:read
POST   /code-blocks                             tickets:write
PUT    /customers/{external_id}                 customers:write
GET    /customers/{external_id}                 customers:read
GET    /customers                               customers:read
PUT    /subscriptions/{external_id}             subscriptions:write
GET    /subscriptions/{external_id}             subscriptions:read
GET    /subscriptions                           subscriptions:read
PUT    /subscriptions/{external_id}/stop        subscriptions:write
DELETE /subscriptions/{external_id}/stop        subscriptions:write
PUT    /subscriptions/{external_id}/pause       subscriptions:write
DELETE /subscriptions/{external_id}/pause       subscriptions:write
PUT    /subscriptions/{external_id}/charges/{charge_id} subscriptions:write
PUT    /payments/{source}/{external_id}         payments:write
GET    /payments/{source}/{external_id}         payments:read
POST   /payments/{source}/{external_id}/reverse payments:write
GET    /receivables                             payments:read
GET    /standing                                standing:read
GET    /standing.csv                            standing:read
GET    /invoices/{uuid}                         invoices:read
GET    /invoices/{uuid}.xml                     invoices:read
GET    /invoices/{uuid}.pdf                     invoices:read
POST   /validate/cfdi                           invoices:read
"""


@dataclass(frozen=True, slots=True)
class Line:
    address: str
    method: str
    answers: dict[str, str]
    """{who: word}"""


def lines(table: str) -> list[Line]:
    head, *rows = [row.split() for row in table.strip().splitlines()]
    return [Line(row[0], row[1], dict(zip(head[2:], row[2:], strict=True))) for row in rows]


def column(table: str, who: str) -> dict[str, str]:
    """{thing: word} of one role, of a table of things."""
    head, *rows = [row.split() for row in table.strip().splitlines()]
    return {row[0]: row[head.index(who)] for row in rows}


def addresses(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> list[str]:
    """Every address that the resolver knows, written as in the tables: converters and regular expressions are gone."""
    found: list[str] = []
    for one in patterns:
        route = before + plain(str(one.pattern))
        if isinstance(one, URLResolver):
            found += addresses(one.url_patterns, route)
        else:
            found.append(route)
    return found


def plain(route: str) -> str:
    """
    >>> plain("notas/<int:ticket_id>/"), plain("^key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"), plain("<str:token>/")
    ('notas/<ticket>/', 'key/<token>/', '<token>/')
    """
    if route.startswith("^"):
        route = re.sub(r"\(\?P.*\)", "<token>", route[1:-1])
    return re.sub(r"<(?:\w+:)?(\w+?)(?:_id)?>", r"<\1>", route)


def office_addresses() -> list[str]:
    """Those of a company's back office, without what stands before them."""
    every = addresses(get_resolver().url_patterns)
    return [one.removeprefix(COMPANY) or "." for one in every if one.startswith(COMPANY)]


def office_path(address: str, *, slug: str, things: Mapping[str, int]) -> str:
    """`things`: {"ticket_id": 12, …}, one of each kind that an address may name."""
    path = COMPANY.replace("<slug>", slug) + address.removeprefix(".")
    for name, value in things.items():
        path = path.replace(f"<{name.removesuffix('_id')}>", str(value))
    assert "<" not in path, f"tests/web/office/test_two_companies.py makes no thing for {address}"
    return f"/{path}"
