"""Pages of lists: every list that people see is cut here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[_Item]):
    """One page of a list, with what a pager needs to lead on."""

    items: Sequence[_Item]
    number: int
    pages: int
    total: int
    first: int
    last: int
    query: str

    @property
    def has_previous(self) -> bool:
        """Tell whether a page comes before."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Tell whether a page follows."""
        return self.number < self.pages

    @property
    def previous_query(self) -> str:
        """Return the query string of the page before."""
        return f"?{self.query}page={self.number - 1}"

    @property
    def next_query(self) -> str:
        """Return the query string of the page after."""
        return f"?{self.query}page={self.number + 1}"


def number_of(request: HttpRequest) -> int:
    """Return the number of the page that a request asks for, 1 where it names none."""
    asked = request.GET.get("page", "")
    return max(int(asked), 1) if asked.isdecimal() else 1


def window(
    request: HttpRequest, rows: "Sequence[_Item]", *, total: int, per_page: int = 25
) -> Page[_Item]:
    """Return the page of a list that was cut by the query itself, which also counted it. No SQL."""
    number = number_of(request)
    first = (number - 1) * per_page + 1 if rows else 0
    return Page(
        items=rows,
        number=number,
        pages=max(-(-total // per_page), 1),
        total=total,
        first=first,
        last=first + len(rows) - 1 if rows else 0,
        query=_others(request),
    )


def _others(request: HttpRequest) -> str:
    """Return the other parameters of a request, such that the number of a page can follow."""
    parameters = request.GET.copy()
    parameters.pop("page", None)
    query = parameters.urlencode()
    return f"{query}&" if query else ""


def page_of(
    request: HttpRequest, rows: "QuerySet[Any, _Item] | Sequence[_Item]", *, per_page: int = 25
) -> Page[_Item]:
    """Cut the page that the request's ``page`` parameter asks for. Two SQL queries for a queryset.

    A number out of range leads to the nearest page there is.
    """
    paginator: Paginator[_Item] = Paginator(rows, per_page)
    found = paginator.get_page(request.GET.get("page"))
    return Page(
        items=list(found.object_list),
        number=found.number,
        pages=paginator.num_pages,
        total=paginator.count,
        first=found.start_index(),
        last=found.end_index(),
        query=_others(request),
    )
