"""How an organization's budgets run: its fiscal calendar, and when an order counts."""

from django.db import models
from django.db.models import Q

from procurement.core.models import TenantModel


class FiscalYearRule(TenantModel):
    """How fiscal years run from a day on (`budgets.fiscal.YearRule`); without one, by the calendar.

    The first one holds for all that came before it, too.
    """

    class Pattern(models.TextChoices):
        """What a year is made of; the same words as `budgets.fiscal.Pattern`."""

        MONTHS = "MONTHS", "Calendar months"
        WEEKS_445 = "445", "Weeks, 4-4-5"
        WEEKS_454 = "454", "Weeks, 4-5-4"
        WEEKS_544 = "544", "Weeks, 5-4-4"

    class YearEnd(models.TextChoices):
        """On which of its weekdays a year of weeks ends; as `budgets.fiscal.YearEnd`."""

        LAST = "LAST", "The last one in the closing month"
        NEAREST = "NEAREST", "The one nearest to the end of the closing month"

    class NamedFor(models.TextChoices):
        """What gives a year its number; as `budgets.fiscal.NamedFor`."""

        ENDS = "ENDS", "The year in which it ends"
        STARTS = "STARTS", "The year in which it begins"

    from_on = models.DateField()
    start_month = models.PositiveSmallIntegerField(default=1)
    pattern = models.CharField(max_length=6, choices=Pattern.choices, default=Pattern.MONTHS)
    weekday = models.PositiveSmallIntegerField(default=0)
    year_end = models.CharField(max_length=7, choices=YearEnd.choices, default=YearEnd.NEAREST)
    named_for = models.CharField(max_length=6, choices=NamedFor.choices, default=NamedFor.ENDS)
    set_by = models.CharField(max_length=200)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "from_on"], name="fiscal_year_rule_once"
            ),
            models.CheckConstraint(
                condition=Q(start_month__gte=1, start_month__lte=12, weekday__lte=6),
                name="fiscal_year_rule_known",
            ),
        ]


class BudgetSettings(TenantModel):
    """What an organization has chosen for all its budgets; one row, or none for what is usual.

    Periods close by themselves ``close_after_days`` after they have ended; None leaves them open.
    A transfer that was asked for ends by itself ``transfers_expire_after_days`` later.
    """

    class ChargedOn(models.TextChoices):
        """Which day decides the period that an order counts in."""

        ORDER = "ORDER", "The day it is submitted"
        DELIVERY = "DELIVERY", "The day it is wanted, where that is later"

    charged_on = models.CharField(max_length=8, choices=ChargedOn.choices, default=ChargedOn.ORDER)
    close_after_days = models.PositiveSmallIntegerField(null=True)
    transfers_expire_after_days = models.PositiveSmallIntegerField(default=14, db_default=14)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id"], name="budget_settings_once")
        ]
