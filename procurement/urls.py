"""Every door of the house."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from procurement.core import jobs  # noqa


def _there(prefix, module):
    try:
        return [path(prefix, include(module))] if find_spec(module) else []
    except ModuleNotFoundError:
        return []


try:
    from procurement import shell

    _home = [path("", shell.home, name="home")]
    _landing = [path("", shell.landing, name="landing")]
except ImportError as e:
    print("shell not there yet", e)
    _home = _landing = []
try:
    from procurement.core import health

    _health = [
        path("healthz", health.healthz, name="healthz"),
        path("readyz", health.readyz, name="readyz"),
    ]
except ImportError:
    _health = []
try:
    from approvals import views as approval_views

    _decide = [path("decide/<str:token>", approval_views.decide, name="decide")]
except (ImportError, AttributeError):
    _decide = []

organization_pages = [
    *_home,
    *_there("groups/", "accounts.urls"),
    *_there("catalog/", "catalogs.urls"),
    *_there("approvals/", "approvals.urls"),
    *_there("budgets/", "budgets.urls"),
    *_there("orders/", "procurement.orders.urls"),
    *_there("insights/", "analytics.urls"),
    *_there("audit/", "procurement.audit.urls"),
]

api = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", shell.api_docs, name="docs"),
    *_there("catalog/", "catalogs.api_urls"),
    *_there("approvals/", "approvals.api_urls"),
    *_there("budgets/", "budgets.api_urls"),
    *_there("orders/", "procurement.orders.api_urls"),
    *_there("analytics/", "analytics.api_urls"),
]

urlpatterns = [
    *_landing,
    *_health,
    path("", include("django_prometheus.urls")),
    path("accounts/", include("allauth.account.urls")),
    *_decide,
    path("api/v1/", include((api, "api"))),
    *(_there("demo/", "procurement.demo.urls") if settings.DEMO_PAGES else []),
    path("<slug:organization_slug>/", include(organization_pages)),
]
