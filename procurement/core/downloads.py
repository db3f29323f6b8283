"""Files that a browser saves instead of showing them."""

from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse


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
