"""Where an order is tried out: it stands among the policies, and needs what orders know."""

from django.urls import path

from procurement.orders.views.trying import try_order

app_name = "trying"

urlpatterns = [path("", try_order, name="order")]
