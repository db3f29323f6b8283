"""The API of items, suppliers and buying rules."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors as accounts
from accounts.models import OrgGroup
from accounts.permissions import Permission
from accounts.web import OrgRequest, org_request, uuid_or_none
from catalogs import selectors, services
from catalogs.forms import page_number, read_filters
from catalogs.guidance import Effect, Outcome, Ruleset, Target
from catalogs.models import Supplier
from catalogs.selectors import PER_PAGE, Sort
from procurement.core import clock
from procurement.core.errors import NotAllowed, NotFound

_OUTCOMES = [outcome.value for outcome in Outcome]
_GROUP = OpenApiParameter(
    "group", UUID, description="For whom; by default a group that the caller buys for."
)
_MOST_SUPPLIERS = 100


class GuidanceOut(serializers.Serializer[Any]):
    """What guided buying says, and the sentence that says why."""

    outcome = serializers.ChoiceField(choices=_OUTCOMES)
    sentence = serializers.CharField()
    exception_allowed = serializers.BooleanField()
    rule = serializers.UUIDField(source="rule.rule_id", default=None, allow_null=True)


class ItemOut(serializers.Serializer[Any]):
    """An item; ``price`` is for one ``unit``, ``lead_days`` are calendar days."""

    id = serializers.UUIDField(source="item_id")
    sku = serializers.CharField()
    title = serializers.CharField()
    brand = serializers.CharField()
    part_number = serializers.CharField()
    description = serializers.CharField()
    unit = serializers.CharField()
    price = serializers.DecimalField(max_digits=14, decimal_places=2)
    currency = serializers.CharField()
    lead_days = serializers.IntegerField(allow_null=True)
    is_offered = serializers.BooleanField()
    supplier = serializers.UUIDField(source="supplier_id")
    supplier_name = serializers.CharField()
    category = serializers.CharField(source="category_code")
    category_name = serializers.CharField()


class OfferOut(serializers.Serializer[Any]):
    """An item with what guidance says of it for the group."""

    item = ItemOut(source="card")
    guidance = GuidanceOut()


class HitOut(OfferOut):
    """A found item; ``offers`` are all suppliers of the same thing where there are several."""

    offers = OfferOut(many=True)
    alternative = OfferOut(allow_null=True)


class FacetOut(serializers.Serializer[Any]):
    """One value to narrow down by."""

    key = serializers.CharField()
    name = serializers.CharField()
    count = serializers.IntegerField()


class SearchOut(serializers.Serializer[Any]):
    """One page of hits; counts by guidance and facets leave their own filter out."""

    group = serializers.UUIDField()
    total = serializers.IntegerField()
    page = serializers.IntegerField(source="number")
    pages = serializers.IntegerField()
    counts = serializers.DictField(child=serializers.IntegerField())
    categories = FacetOut(many=True)
    suppliers = FacetOut(many=True)
    hits = HitOut(many=True)


class ItemDetailOut(HitOut):
    """One item for one group."""

    group = serializers.UUIDField()


class SupplierOut(serializers.Serializer[Any]):
    """A supplier with the spellings that were folded into it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=Supplier.Status.choices)
    contact_email = serializers.CharField()
    offers = serializers.IntegerField(help_text="Items on offer.")
    spellings = serializers.SerializerMethodField()

    def get_spellings(self, supplier: Any) -> list[str]:
        """Return the spellings in their order."""
        return [alias.spelling for alias in supplier.spellings]


class RuleOut(serializers.Serializer[Any]):
    """A buying rule."""

    id = serializers.UUIDField(source="facts.rule_id")
    group = serializers.UUIDField(source="facts.group_id")
    group_name = serializers.CharField(source="facts.group_name")
    effect = serializers.ChoiceField(
        choices=[effect.value for effect in Effect], source="facts.effect"
    )
    kind = serializers.ChoiceField(
        choices=[target.value for target in Target], source="facts.target"
    )
    target = serializers.CharField(source="facts.target_key")
    target_name = serializers.CharField(source="facts.target_name")
    reason = serializers.CharField(source="facts.reason")
    exception_allowed = serializers.BooleanField(source="facts.exception_allowed")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(source="facts.valid_to", allow_null=True)


class RuleIn(serializers.Serializer[Any]):
    """What sets a rule; ``target`` names a category, a supplier or an item as the page does."""

    group = serializers.UUIDField()
    effect = serializers.ChoiceField(choices=[effect.value for effect in Effect])
    kind = serializers.ChoiceField(choices=[target.value for target in Target])
    target = serializers.CharField(max_length=300)
    reason = serializers.CharField(max_length=300)
    exception_allowed = serializers.BooleanField(default=False)
    valid_from = serializers.DateField(required=False)
    valid_to = serializers.DateField(required=False, allow_null=True)


class ItemSearch(APIView):
    """The catalog as a group can search it."""

    @extend_schema(
        operation_id="catalog_search",
        parameters=[
            OpenApiParameter("q", str, description="Words, or how they begin; all must occur."),
            _GROUP,
            OpenApiParameter("guidance", str, enum=_OUTCOMES),
            OpenApiParameter("category", str, many=True, description="Codes; what is below too."),
            OpenApiParameter("supplier", UUID, many=True),
            OpenApiParameter("from", str, description="Lowest price of one unit."),
            OpenApiParameter("to", str, description="Highest price of one unit."),
            OpenApiParameter("sort", str, enum=[sort.value for sort in Sort]),
            OpenApiParameter("page", int, description=f"{PER_PAGE} hits each, from 1."),
        ],
        responses=SearchOut,
    )
    def get(self, request: Request) -> Response:
        """Return a page of hits, preferred first and blocked last, each with its sentence."""
        org = org_request(request)
        group = _group(request)
        parameters = org.GET
        result = selectors.search_items(
            org.actor,
            group=group,
            query=parameters.get("q", ""),
            filters=read_filters(parameters, org.organization.currency),
            page=page_number(parameters),
            on=_today(org),
        )
        body = {
            "group": group.id,
            "total": result.total,
            "number": result.number,
            "pages": result.pages,
            "counts": {outcome.value: count for outcome, count in result.counts.items()},
            "categories": result.categories,
            "suppliers": result.suppliers,
            "hits": result.hits,
        }
        return Response(SearchOut(body).data)


class ItemDetail(APIView):
    """One item."""

    @extend_schema(operation_id="catalog_item", parameters=[_GROUP], responses=ItemDetailOut)
    def get(self, request: Request, item_id: UUID) -> Response:
        """Return an item with what guidance says of it for a group."""
        card = selectors.item_by_id(item_id)
        group = _group(request)
        rules = Ruleset(selectors.rules_for(group.path, _today(org_request(request))), group.path)
        guidance = rules.judge(card.facts)
        is_blocked = guidance.outcome is Outcome.BLOCKED
        body = {
            "group": group.id,
            "card": card,
            "guidance": guidance,
            "offers": selectors.offers_of(card, rules),
            "alternative": selectors.alternative_to(card, rules) if is_blocked else None,
        }
        return Response(ItemDetailOut(body).data)


class SupplierList(APIView):
    """Suppliers."""

    @extend_schema(
        operation_id="catalog_suppliers",
        parameters=[OpenApiParameter("q", str, description="In a name or a spelling.")],
        responses=SupplierOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List up to a hundred suppliers by name, with their spellings."""
        words = request.query_params.get("q", "")
        found = selectors.suppliers_listed(org_request(request).actor, words)[:_MOST_SUPPLIERS]
        return Response(SupplierOut(found, many=True).data)


class RuleList(APIView):
    """Buying rules of the groups whose catalog the caller keeps."""

    @extend_schema(operation_id="catalog_rules", responses=RuleOut(many=True))
    def get(self, request: Request) -> Response:
        """List the rules in force or to come."""
        org = org_request(request)
        if not org.actor.can_anywhere(Permission.MANAGE_CATALOG):
            raise NotAllowed("Buying rules are kept by administrators.")
        return Response(RuleOut(selectors.rules_kept_by(org.actor, _today(org)), many=True).data)

    @extend_schema(
        operation_id="catalog_set_rule",
        request=RuleIn,
        responses={status.HTTP_201_CREATED: RuleOut},
    )
    def post(self, request: Request) -> Response:
        """Set a rule; one of the same group about the same thing is changed by it."""
        org = org_request(request)
        if not org.actor.can_anywhere(Permission.MANAGE_CATALOG):
            raise NotAllowed("Buying rules are kept by administrators.")
        given = RuleIn(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        rule = services.set_buying_rule(
            actor=org.actor,
            group=accounts.group_for(org.actor, values["group"], Permission.MANAGE_CATALOG),
            effect=Effect(values["effect"]),
            target=selectors.target_named(Target(values["kind"]), values["target"]),
            reason=values["reason"],
            exception_allowed=values["exception_allowed"],
            valid_from=values.get("valid_from") or _today(org),
            valid_to=values.get("valid_to"),
            now=clock.now(),
        )
        row = selectors.rule_row(org.actor, rule.id, _today(org))
        return Response(RuleOut(row).data, status=status.HTTP_201_CREATED)


class RuleDetail(APIView):
    """One buying rule."""

    @extend_schema(operation_id="catalog_end_rule", responses={status.HTTP_204_NO_CONTENT: None})
    def delete(self, request: Request, rule_id: UUID) -> Response:
        """End a rule at once; the trail keeps it."""
        actor = org_request(request).actor
        services.end_buying_rule(
            actor=actor, rule=selectors.rule_for(actor, rule_id), now=clock.now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


def _group(request: Request) -> OrgGroup:
    """Return the group that the call names, or one that the caller buys for."""
    org = org_request(request)
    wanted = request.query_params.get("group")
    if wanted:
        group_id = uuid_or_none(wanted)
        if group_id is None:
            raise NotFound("There is no such group, or it is not yours to see.")
        return accounts.group_for(org.actor, group_id)
    groups = selectors.groups_looked_at(org.actor)
    group = selectors.chosen_group(org.actor, groups, None)
    if group is None:
        raise NotAllowed("The catalog is seen for a group; it takes a role on one.")
    return group


def _today(org: OrgRequest) -> Any:
    return clock.local_date(clock.now(), org.organization.time_zone)
