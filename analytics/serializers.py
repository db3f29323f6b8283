"""What the API of backtests takes and gives."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from analytics.backtesting.answers import Outcome
from analytics.backtesting.tally import findings
from analytics.filters import Source
from analytics.models import BacktestRun
from catalogs.guidance import Effect, Target

_OUTCOMES = [outcome.value for outcome in Outcome]
_SOURCES = [source.value for source in Source]


class TriedRuleIn(serializers.Serializer[Any]):
    """A buying rule that nobody has set yet; ``key`` is a category's code, or an id."""

    effect = serializers.ChoiceField([effect.value for effect in Effect])
    target = serializers.ChoiceField([target.value for target in Target])
    key = serializers.CharField(max_length=60)
    label = serializers.CharField(max_length=200, help_text="how people call what it is about")  # type: ignore[assignment]  # not DRF’s own


class BacktestIn(serializers.Serializer[Any]):
    """A document to try in place of a group's own policy, or a buying rule on the group."""

    group = serializers.UUIDField()
    document = serializers.DictField(
        help_text="a policy document, as a version has it", required=False
    )
    rule = TriedRuleIn(required=False)
    label = serializers.CharField(max_length=200, required=False, default="")  # type: ignore[assignment]  # not DRF’s own
    first = serializers.DateField(help_text="the first day, in the organization's calendar")
    last = serializers.DateField()
    sources = serializers.ListField(
        child=serializers.ChoiceField(_SOURCES), required=False, default=_SOURCES
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for exactly one thing to try."""
        if ("document" in attrs) == ("rule" in attrs):
            raise serializers.ValidationError(
                {"document": "Give a document or a rule to try, and not both."}
            )
        return attrs


class BacktestStepOut(serializers.Serializer[Any]):
    """Orders that went from one outcome to another; ``amount`` is of the changed ones."""

    before = serializers.ChoiceField(_OUTCOMES)
    after = serializers.ChoiceField(_OUTCOMES)
    orders = serializers.IntegerField()
    changed = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=20, decimal_places=2)


class BacktestPersonOut(serializers.Serializer[Any]):
    """How often somebody would have been asked, before and after."""

    name = serializers.CharField()
    before = serializers.IntegerField()
    after = serializers.IntegerField()
    weeks = serializers.SerializerMethodField()

    def get_weeks(self, person: Any) -> list[dict[str, Any]]:
        """Return the counts of each week, by its Monday."""
        return [
            {"week": week.isoformat(), "before": before, "after": after}
            for week, before, after in person.weeks
        ]


class FindingsOut(serializers.Serializer[Any]):
    """What a finished run found."""

    judged = serializers.IntegerField()
    refunds = serializers.IntegerField(help_text="orders by which money came back: not judged")
    changed = serializers.IntegerField()
    delayed = serializers.IntegerField(help_text="orders that would have waited once more or more")
    quicker = serializers.IntegerField()
    steps = BacktestStepOut(many=True)
    people = BacktestPersonOut(many=True)


class BacktestOut(serializers.ModelSerializer[BacktestRun]):
    """A run, how far it is, and what it found once it is finished."""

    findings = serializers.SerializerMethodField()

    class Meta:
        model = BacktestRun
        fields = (
            "id",
            "group",
            "label",
            "basis",
            "first_on",
            "last_on",
            "sources",
            "status",
            "total",
            "processed",
            "changed",
            "failure",
            "created_by_label",
            "created_at",
            "finished_at",
            "findings",
        )

    @extend_schema_field(FindingsOut(allow_null=True))
    def get_findings(self, run: BacktestRun) -> dict[str, Any] | None:
        """Return what a finished run found, and nothing before."""
        if run.status != BacktestRun.Status.DONE:
            return None
        return dict(FindingsOut(findings(run.report)).data)


class BacktestRowOut(serializers.ModelSerializer[BacktestRun]):
    """A run in a list."""

    class Meta:
        model = BacktestRun
        fields = BacktestOut.Meta.fields[:-1]


class BacktestPageOut(serializers.Serializer[Any]):
    """One page of runs."""

    total = serializers.IntegerField()
    pages = serializers.IntegerField()
    items = BacktestRowOut(many=True)


class BacktestAnswerOut(serializers.Serializer[Any]):
    """The stages of an order and why."""

    stages = serializers.ListField(child=serializers.DictField())
    sentences = serializers.ListField(child=serializers.CharField())


class BacktestChangeOut(serializers.Serializer[Any]):
    """An order that fares differently."""

    id = serializers.UUIDField()
    source = serializers.ChoiceField(_SOURCES)  # type: ignore[assignment]  # not DRF's own
    order_id = serializers.UUIDField()
    order_number = serializers.CharField()
    on = serializers.DateField()
    group_name = serializers.CharField()
    requester_name = serializers.CharField()
    amount = serializers.DecimalField(max_digits=16, decimal_places=2)
    before_outcome = serializers.ChoiceField(_OUTCOMES)
    after_outcome = serializers.ChoiceField(_OUTCOMES)
    is_delayed = serializers.BooleanField()
    before = BacktestAnswerOut()
    after = BacktestAnswerOut()


class BacktestChangePageOut(serializers.Serializer[Any]):
    """One page of changed orders."""

    total = serializers.IntegerField()
    pages = serializers.IntegerField()
    items = BacktestChangeOut(many=True)


class DifferenceOut(serializers.Serializer[Any]):
    """An order that fares differently under two documents."""

    number = serializers.CharField()
    on = serializers.DateField()
    group_name = serializers.CharField()
    amount = serializers.DecimalField(max_digits=16, decimal_places=2)
    before = serializers.ChoiceField(_OUTCOMES)
    one = serializers.ChoiceField(_OUTCOMES)
    other = serializers.ChoiceField(_OUTCOMES)
    one_asks = serializers.CharField()
    other_asks = serializers.CharField()


class DifferencePageOut(serializers.Serializer[Any]):
    """One page of differences; ``notes`` say what the two runs do not have in common."""

    total = serializers.IntegerField()
    pages = serializers.IntegerField()
    notes = serializers.ListField(child=serializers.CharField())
    items = DifferenceOut(many=True)
