"""The scope of a request: what a failing view has written is gone."""

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import OrgGroup
from accounts.web import OrgRequest, org_request
from procurement.core import tenancy
from procurement.core.errors import DomainError
from procurement.core.ids import new_id
from procurement.urls import urlpatterns as product
from tests.factories.accounts import Company, make_company

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def _write(request: OrgRequest) -> None:
    group_id = new_id()
    OrgGroup.objects.create(
        id=group_id,
        organization_id=request.organization.id,
        parent_id=request.actor.home_group_id,
        path=[group_id],
        name="Half done",
    )


def write_and_fail(request: OrgRequest) -> HttpResponse:
    _write(request)
    raise ZeroDivisionError


def write_and_refuse(request: OrgRequest) -> HttpResponse:
    _write(request)
    raise DomainError("Not like this; do it the other way.")


def write(request: OrgRequest) -> HttpResponse:
    _write(request)
    return HttpResponse("written")


@api_view(["GET"])
def call_and_refuse(request: Request) -> Response:
    _write(org_request(request))
    raise DomainError("Not like this; do it the other way.")


@api_view(["GET"])
def call_and_reject(request: Request) -> Response:
    _write(org_request(request))
    raise ValidationError({"name": ["Too late to say so."]})


def outside(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(OrgGroup.objects.count()))


urlpatterns = [
    path("outside/", outside),
    path("api/try/refuse/", call_and_refuse),
    path("api/try/reject/", call_and_reject),
    path(
        "<slug:organization_slug>/try/",
        include(
            [
                path("fail/", write_and_fail),
                path("refuse/", write_and_refuse),
                path("write/", write),
            ]
        ),
    ),
    *product,
]


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def client(company: Company) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(
        company.people["Alice"].user,
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def _names(company: Company) -> set[str]:
    with company.scope():
        return set(OrgGroup.objects.values_list("name", flat=True))


def _change_and_fail(company: Company) -> None:
    with company.scope():
        OrgGroup.objects.filter(id=company.root.id).update(name="Changed")
        raise ZeroDivisionError


@override_settings(ROOT_URLCONF=__name__)
def test_a_view_that_fails_leaves_nothing_behind(company: Company, client: Client) -> None:
    response = client.get(f"/{company.organization.slug}/try/fail/")
    assert response.status_code == 500
    assert "Half done" not in _names(company)


@override_settings(ROOT_URLCONF=__name__)
def test_a_refusal_leaves_nothing_behind_and_says_what_to_do(
    company: Company, client: Client
) -> None:
    response = client.get(f"/{company.organization.slug}/try/refuse/")
    assert response.status_code == 400
    assert "do it the other way" in response.content.decode()
    assert "Half done" not in _names(company)


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("call", ["refuse", "reject"])
def test_a_call_of_the_api_that_is_refused_late_leaves_nothing_behind(
    company: Company, client: Client, call: str
) -> None:
    assert client.get(f"/api/try/{call}/").status_code == 400
    assert "Half done" not in _names(company)


@override_settings(ROOT_URLCONF=__name__)
def test_a_view_that_succeeds_is_committed_with_its_request(
    company: Company, client: Client
) -> None:
    assert client.get(f"/{company.organization.slug}/try/write/").status_code == 200
    assert "Half done" in _names(company)


@override_settings(ROOT_URLCONF=__name__)
def test_a_page_outside_any_organization_sees_no_tenants_rows(client: Client) -> None:
    assert client.get("/outside/").content == b"0"


def test_a_scope_that_fails_is_rolled_back_and_closed(company: Company) -> None:
    with pytest.raises(ZeroDivisionError):
        _change_and_fail(company)
    assert not tenancy.is_active()
    assert "Changed" not in _names(company)
    assert not connection.in_atomic_block
