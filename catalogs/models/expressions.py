"""SQL that search vectors are made of."""

from typing import Any, ClassVar

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Func


class PlainWords(Func):
    """A text in lower case, without accents and punctuation, words apart by spaces.

    `catalogs.words` does the same to what people type.
    """

    template = (
        "regexp_replace(regexp_replace(normalize(lower(%(expressions)s), NFKD), "
        "'[\N{COMBINING GRAVE ACCENT}-\N{COMBINING LATIN SMALL LETTER X}]', '', 'g'), "
        "'[^[:alnum:]]+', ' ', 'g')"
    )
    output_field: ClassVar[Any] = models.TextField()


class Squeezed(Func):
    """A code without anything but letters and digits, so that KTC-D320 is found as KTCD320."""

    template = "regexp_replace(%(expressions)s, '[^[:alnum:]]+', '', 'g')"
    output_field: ClassVar[Any] = models.TextField()


class Spaced(Func):
    """Texts put together with spaces between."""

    arg_joiner = " || ' ' || "
    template = "(%(expressions)s)"
    output_field: ClassVar[Any] = models.TextField()


class Weighted(Func):
    """The words of a text as they are and by their stems, with a weight for ranking (A to D).

    Stems find "charging" by "charger"; the words as they are keep a half-typed "rugge" finding
    "rugged", whose stem is "rug".
    """

    template = (
        "setweight(to_tsvector('english'::regconfig, %(expressions)s) || "
        "to_tsvector('simple'::regconfig, %(expressions)s), '%(weight)s')"
    )
    output_field: ClassVar[Any] = SearchVectorField()


class Joined(Func):
    """Search vectors put together."""

    arg_joiner = " || "
    template = "(%(expressions)s)"
    output_field: ClassVar[Any] = SearchVectorField()
