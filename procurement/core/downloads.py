"""Files that a browser saves instead of showing them."""

from collections.abc import Iterable, Iterator, Mapping

from django.http import HttpResponse, StreamingHttpResponse

from procurement.core.files import Cell, csv_file


def csv_download(file: Iterator[bytes], name: str) -> StreamingHttpResponse:
    """Send a CSV file in pieces, as ``name`` without its ending; nobody on the way keeps it."""
    return StreamingHttpResponse(
        file,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Cache-Control": "no-store",
        },
    )


def problems_download(problems: Iterable[Mapping[str, Cell]]) -> StreamingHttpResponse:
    """Send what is wrong with the lines of a file: each with its line, column and sentence."""
    rows = ([one["line"], one["column"], one["sentence"]] for one in problems)
    return csv_download(csv_file(("line", "column", "problem"), rows), "problems")


def yaml_download(text: str, name: str) -> HttpResponse:
    """Send a YAML file as ``name`` without its ending; nobody on the way keeps it."""
    return HttpResponse(
        text,
        content_type="application/yaml; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.yaml"',
            "Cache-Control": "no-store",
        },
    )
