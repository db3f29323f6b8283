import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views.defaults import bad_request, page_not_found, permission_denied, server_error

PAGES = ("400.html", "403.html", "403_csrf.html", "404.html", "500.html", "link_unknown.html")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_about_a_fault_needs_neither_request_nor_database(page: str) -> None:
    html = render_to_string(page)
    assert "<h1>" in html
    assert 'href="/"' in html
    assert " style=" not in html


def test_the_framework_finds_our_pages_for_each_fault() -> None:
    request = RequestFactory().get("/")
    fault = Exception("x")
    assert b"Nothing is here" in page_not_found(request, fault).content
    assert b"Your roles do not allow this" in permission_denied(request, fault).content
    assert b"could not be read" in bad_request(request, fault).content
    assert b"Something went wrong on our side" in server_error(request).content


def test_a_form_without_its_token_is_told_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/accounts/login/", {"login": "a@b.example", "password": "x"})
    assert response.status_code == 403
    assert "This page has become too old" in response.content.decode()
