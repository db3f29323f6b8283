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


def page_of(
    request: HttpRequest, rows: "QuerySet[Any, _Item] | Sequence[_Item]", *, per_page: int = 25
) -> Page[_Item]:
    """Cut the page that the request's ``page`` parameter asks for. Two SQL queries for a queryset.

    A number out of range leads to the nearest page there is.
    """
    paginator: Paginator[_Item] = Paginator(rows, per_page)
    found = paginator.get_page(request.GET.get("page"))
    parameters = request.GET.copy()
    parameters.pop("page", None)
    query = parameters.urlencode()
    return Page(
        items=list(found.object_list),
        number=found.number,
        pages=paginator.num_pages,
        total=paginator.count,
        first=found.start_index(),
        last=found.end_index(),
        query=f"{query}&" if query else "",
    )
