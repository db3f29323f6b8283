"""Every door of the house."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from accounts import views as account_views
from approvals import views as approval_views
from procurement import shell
from procurement.core import health, webapp

Routes = list[URLPattern | URLResolver]

organization_pages: Routes = [
    path("", shell.home, name="home"),
    path("groups/", include("accounts.urls")),
    path("setup/", include("accounts.setup_urls")),
    path("training/", include("accounts.training_urls")),
    path("notifications/devices/", include("accounts.device_urls")),
    path("notifications/", include("accounts.notification_urls")),
    path("catalog/", include("catalogs.urls")),
    path("approvals/policies/try/", include("procurement.orders.trying_urls")),
    path("approvals/", include("approvals.urls")),
    path("budgets/", include("budgets.urls")),
    path("orders/", include("procurement.orders.urls")),
    path("insights/", include("analytics.urls")),
    path("audit/", include("procurement.audit.urls")),
]

api: Routes = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", shell.api_docs, name="docs"),
    path("accounts/", include("accounts.api_urls")),
    path("catalog/", include("catalogs.api_urls")),
    path("approvals/", include("approvals.api_urls")),
    path("budgets/", include("budgets.api_urls")),
    path("orders/", include("procurement.orders.api_urls")),
    path("analytics/", include("analytics.api_urls")),
]

urlpatterns: Routes = [
    path("", shell.landing, name="landing"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("django_prometheus.urls")),
    path("manifest.webmanifest", webapp.manifest, name="manifest"),
    path("service-worker.js", webapp.service_worker, name="service-worker"),
    path("offline", webapp.offline, name="offline"),
    path("accounts/", include("allauth.account.urls")),
    path("invitation/<str:token>/", account_views.invitation, name="invitation"),
    path("push/renew/", account_views.renew_device, name="renew-device"),
    path("unsubscribe/<str:token>", account_views.unsubscribe, name="unsubscribe"),
    path("decide/<str:token>", approval_views.decide, name="decide"),
    path("api/v1/", include((api, "api"))),
    *([path("demo/", include("procurement.demo.urls"))] if settings.DEMO_PAGES else []),
    path("<slug:organization_slug>/", include(organization_pages)),
]
