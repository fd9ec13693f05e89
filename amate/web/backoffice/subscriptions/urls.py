"""Addresses of subscriptions and their runs: `/oficina/{slug}/suscripciones/…` and `…/corridas/…`."""

from django.urls import URLPattern, URLResolver, path

from amate.web.backoffice import exports
from amate.web.backoffice.subscriptions import (
    changing,
    extras,
    new,
    parkings,
    pausing,
    plans,
    preflight,
    rises,
    runs,
    stopping,
    subscription,
    subscriptions,
)

of_subscriptions: list[URLPattern | URLResolver] = [
    path("", subscriptions.subscriptions, name="subscriptions"),
    path("exportar/", exports.export, {"listing": "suscripciones"}, name="subscriptions_export"),
    path("nueva/", new.new, name="subscription_new"),
    path("<int:subscription_id>/", subscription.subscription, name="subscription"),
    path("<int:subscription_id>/cambiar/", changing.change_one, name="subscription_change"),
    path("<int:subscription_id>/pausar/", pausing.pause_one, name="subscription_pause"),
    path("<int:subscription_id>/reanudar/", pausing.resume_one, name="subscription_resume"),
    path("<int:subscription_id>/baja/", stopping.stop_one, name="subscription_stop"),
    path("<int:subscription_id>/quitar-baja/", stopping.stay_one, name="subscription_stay"),
    path("<int:subscription_id>/una-vez/", extras.once, name="subscription_once"),
    path("<int:subscription_id>/cada-periodo/", extras.every_period, name="subscription_monthly"),
    path("precios/", rises.rises, name="price_rises"),
    path("precios/<int:rise_id>/quitar/", rises.withdraw, name="price_rise_withdraw"),
    path("planes/", plans.plans, name="plans"),
    path("planes/exportar/", exports.export, {"listing": "planes"}, name="plans_export"),
    path("planes/nuevo/", plans.new, name="plan_new"),
    path("planes/<int:plan_id>/", plans.plan, name="plan"),
    path("planes/<int:plan_id>/precio/", plans.price, name="plan_price"),
    path("planes/<int:plan_id>/precio/<int:price_id>/quitar/", plans.no_price, name="plan_no_price"),
    path("planes/<int:plan_id>/retirar/", plans.retire, name="plan_retire"),
    path("planes/<int:plan_id>/ofrecer/", plans.sell_again, name="plan_sell_again"),
]
of_runs: list[URLPattern | URLResolver] = [
    path("", runs.runs, name="billing_runs"),
    path("<int:billing_run_id>/", runs.run, name="billing_run"),
    path("<int:billing_run_id>/aprobar/", runs.approve, name="billing_run_approve"),
    path("antes/", preflight.preflight_page, name="preflight"),
    path("detenidos/", parkings.parkings, name="parkings"),
    path("detenidos/<int:parking_id>/otra-vez/", parkings.again, name="parking_again"),
]
