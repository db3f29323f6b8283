"""Addresses of orders in the API, below ``/api/v1/orders/``."""

from django.urls import path

from procurement.orders import api

app_name = "orders"

urlpatterns = [
    path("", api.OrderList.as_view(), name="list"),
    path("cart/", api.Cart.as_view(), name="cart"),
    path("cart/lines/", api.CartLines.as_view(), name="cart-lines"),
    path("cart/lines/<uuid:line_id>/", api.CartLine.as_view(), name="cart-line"),
    path("cart/preview/", api.CartPreview.as_view(), name="cart-preview"),
    path("imagine/", api.Imagine.as_view(), name="imagine"),
    path("exceptions/", api.Exceptions.as_view(), name="exceptions"),
    path("exceptions/adopt/", api.AdoptException.as_view(), name="exceptions-adopt"),
    path("<uuid:requisition_id>/", api.OrderDetail.as_view(), name="detail"),
    path("<uuid:requisition_id>/submit/", api.OrderSubmit.as_view(), name="submit"),
    path("<uuid:requisition_id>/reopen/", api.OrderReopen.as_view(), name="reopen"),
    path("<uuid:requisition_id>/withdraw/", api.OrderWithdraw.as_view(), name="withdraw"),
    path("<uuid:requisition_id>/cancel/", api.OrderCancel.as_view(), name="cancel"),
    path("<uuid:requisition_id>/wait/", api.OrderWait.as_view(), name="wait"),
    path(
        "<uuid:requisition_id>/ask-for-room/",
        api.OrderAskForRoom.as_view(),
        name="ask-for-room",
    ),
    path(
        "<uuid:requisition_id>/stop-waiting/",
        api.OrderStopWaiting.as_view(),
        name="stop-waiting",
    ),
    path("<uuid:requisition_id>/appeal/", api.OrderAppeal.as_view(), name="appeal"),
    path("<uuid:requisition_id>/rebuild/", api.OrderRebuild.as_view(), name="rebuild"),
    path(
        "<uuid:requisition_id>/preferred/",
        api.OrderTakePreferred.as_view(),
        name="take-preferred",
    ),
]
