"""The form that takes a file of groups."""

from django import forms

from procurement.core.forms import TableField


class TreeFileForm(forms.Form):
    """A file of groups, and what becomes of the groups that it leaves out."""

    file = TableField(
        help_text="Up to 10 MB and 50,000 groups. Nothing is changed before you have looked."
    )
    archive_missing = forms.BooleanField(
        required=False,
        label="Archive what the file leaves out",
        help_text="Otherwise groups that are not in the file stay as they are.",
    )
