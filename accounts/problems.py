"""The one shape of the API's errors: problem details."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from procurement.core import tenancy
from procurement.core.errors import DomainError

PROBLEM = "application/problem+json"


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn any refusal into problem details (RFC 9457), and roll back what the view has written."""
    if tenancy.is_active():
        connection.set_rollback(True)
    if isinstance(error, DomainError):
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": error.title,
            "status": error.status,
            "detail": error.message,
        }
        errors = error.errors or ([(error.field, error.message)] if error.field else [])
        if errors:
            body["errors"] = [{"field": field, "detail": detail} for field, detail in errors]
        return Response(body, status=error.status, content_type=PROBLEM)
    response = exception_handler(error, context)
    if response is None:
        return None
    body = {"type": "about:blank", "title": _title(error), "status": response.status_code}
    if isinstance(error, exceptions.ValidationError):
        body["errors"] = [
            {"field": path, "detail": detail} for path, detail in _flat(response.data, "")
        ]
    elif isinstance(response.data, dict):
        body["detail"] = str(response.data.get("detail", ""))
    return Response(
        body,
        status=response.status_code,
        content_type=PROBLEM,
        headers={
            name: value for name, value in response.items() if name in ("WWW-Authenticate", "Allow")
        },
    )


def _title(error: Exception) -> str:
    if isinstance(error, Http404):
        return "Not found"
    if isinstance(error, PermissionDenied):
        return "Not allowed"
    return str(getattr(error, "default_detail", "The request cannot be served")).rstrip(".")


def _flat(errors: Any, path: str) -> list[tuple[str, str]]:
    """Return (field path, message) pairs of nested validation errors."""
    if isinstance(errors, dict):
        return [pair for key, value in errors.items() for pair in _flat(value, f"{path}{key}.")]
    if isinstance(errors, list):
        found: list[tuple[str, str]] = []
        for index, value in enumerate(errors):
            nested = isinstance(value, dict | list)
            found += _flat(value, f"{path}{index}.") if nested else [(path.rstrip("."), str(value))]
        return found
    return [(path.rstrip("."), str(errors))]
