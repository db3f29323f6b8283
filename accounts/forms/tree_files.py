"""The form that takes a file of groups."""

from typing import Any

from django import forms

LARGEST = 10 * 1024 * 1024


def _fits(file: Any) -> None:
    if file.size > LARGEST:
        raise forms.ValidationError("This file is larger than 10 MB. Upload it in parts.")


class TreeFileForm(forms.Form):
    """A file of groups, and what becomes of the groups that it leaves out."""

    file = forms.FileField(
        label="CSV file",
        max_length=300,
        allow_empty_file=True,
        validators=[_fits],
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        help_text="Up to 10 MB and 50,000 groups. Nothing is changed before you have looked.",
        error_messages={"required": "Choose a file."},
    )
    archive_missing = forms.BooleanField(
        required=False,
        label="Archive what the file leaves out",
        help_text="Otherwise groups that are not in the file stay as they are.",
    )
