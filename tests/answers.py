"""What the client of a test gets back, under a name that can be written down."""

from typing import TYPE_CHECKING, TypeAlias

from django.http.response import HttpResponseBase

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

    Answer: TypeAlias = _MonkeyPatchedWSGIResponse
else:
    Answer = HttpResponseBase
