"""Forms of people on their way in."""

from django import forms


class AcceptForm(forms.Form):
    """What somebody new is called, and how they will sign in."""

    name = forms.CharField(
        max_length=200, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        max_length=200,
        strip=False,
        label="Choose a password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 10 characters, and none that is easy to guess.",
    )
