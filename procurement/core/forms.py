"""What forms of every app share: a file that is uploaded, a refusal beside its field."""

from typing import Any, Protocol

from django import forms


class Refusal(Protocol):
    """What a service, or a pure rule, says against what was entered."""

    @property
    def message(self) -> str:
        """Return the sentence that says what to do."""

    @property
    def field(self) -> str | None:
        """Return the input that caused it."""


class UploadField(forms.FileField):
    """A file up to a size. An empty one passes: whoever reads it says what it should hold."""

    def __init__(self, *, accept: str, most_bytes: int, too_large: str, **kwargs: Any) -> None:
        self.most_bytes, self.too_large = most_bytes, too_large
        super().__init__(
            max_length=300,
            allow_empty_file=True,
            widget=forms.FileInput(attrs={"accept": accept}),
            error_messages={"required": "Choose a file."},
            **kwargs,
        )

    def validate(self, value: Any) -> None:
        """Refuse what is too large to be read."""
        super().validate(value)
        if value is not None and value.size > self.most_bytes:
            raise forms.ValidationError(self.too_large)


class TableField(UploadField):
    """A table with a line for each thing, as spreadsheets write it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="CSV file",
            accept=".csv,.tsv,.txt,text/csv",
            most_bytes=10 * 1024 * 1024,
            too_large="This file is larger than 10 MB. Upload it in parts.",
            **kwargs,
        )


def show_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """Put a refusal beside the field that it is about, or above all where the form has none."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
