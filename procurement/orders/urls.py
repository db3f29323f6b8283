"""Addresses of the cart and of orders, below ``/<organization>/orders/``."""

from django.urls import path

from procurement.orders import views

app_name = "orders"

urlpatterns = [
    path("", views.order_list, name="list"),
    path("cart/", views.cart, name="cart"),
    path("cart/add/", views.cart_add, name="cart_add"),
    path("cart/line/", views.cart_line, name="cart_line"),
    path("cart/remove/", views.cart_remove, name="cart_remove"),
    path("cart/room/", views.cart_room, name="cart_room"),
    path("cart/settings/", views.cart_settings, name="cart_settings"),
    path("cart/preview/", views.preview, name="preview"),
    path("cart/submit/", views.submit, name="submit"),
    path("purchase-orders/<uuid:purchase_order_id>/", views.purchase_order, name="purchase_order"),
    path("imported/<uuid:order_id>/", views.imported_order, name="imported_order"),
    path("exceptions/", views.exceptions, name="exceptions"),
    path("exceptions.csv", views.exceptions_csv, name="exceptions_csv"),
    path("exceptions/adopt/", views.exceptions_adopt, name="exceptions_adopt"),
    path("<uuid:requisition_id>/", views.detail, name="detail"),
    path("<uuid:requisition_id>/reopen/", views.reopen, name="reopen"),
    path("<uuid:requisition_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:requisition_id>/cancel/", views.cancel, name="cancel"),
    path("<uuid:requisition_id>/room/", views.room, name="room"),
    path("<uuid:requisition_id>/wait/", views.wait, name="wait"),
    path("<uuid:requisition_id>/stop-waiting/", views.stop_waiting, name="stop_waiting"),
    path("<uuid:requisition_id>/appeal/", views.appeal, name="appeal"),
    path("<uuid:requisition_id>/rebuild/", views.rebuild, name="rebuild"),
    path("<uuid:requisition_id>/take-preferred/", views.take_preferred, name="take_preferred"),
    path("<uuid:requisition_id>/questions/<uuid:question_id>/", views.answer, name="answer"),
]
