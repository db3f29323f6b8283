"""Policies written as YAML: a commented head, one order for everything, money as text (pure)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import yaml

from approvals.policy_files.names import (
    AGREE,
    AT_LEAST,
    DOES,
    EDITION,
    FOLLOWING,
    FORMAT,
    PLAIN,
    TERMS,
    Names,
    Place,
)
from approvals.routing import (
    USUAL,
    ApproverKind,
    ApproverSpec,
    Conditions,
    PolicyDocument,
    Rule,
    StageSpec,
    Tier,
)

_HEAD = """\
# Approval policies of {organization}.
#
# Review this file like any other: who agrees to what, in the order in which people are asked.
#   group      the names below the organization, as in Facilities / Field Service; / is all of it
#   tiers      amounts in rising order; the last one has no end (null); [] asks nobody
#   agree      all, any, or at least N of the seats
#   seats      position: its code · role: its code · person: an e-mail address · manager
#   beside     true when a stage opens together with the one before it
#   over_budget  who agrees to an order beyond a soft budget; left out, the finance role does
#   rules      hold where everything below "when" is met; their order means nothing. Without
#              subject_kinds they are about orders; [budget_increase] makes them about those
#   changes    what lets approvals stand when an order is changed while it waits
#   mandatory  holds for groups below, too, whatever their own policies say
# Imported again, the file is compared with what is in force; nothing changes before you agree.
"""


@dataclass(frozen=True, slots=True)
class Written:
    """A policy to be written: whose it is, what it is called, which version, what it says."""

    group_id: UUID
    name: str
    number: int
    document: PolicyDocument


def write(policies: Sequence[Written], names: Names, organization: str) -> str:
    """Return policies as a YAML file, in the order given; `reading` reads it back equal."""
    places = {place.id: place for place in names.groups}
    writer = _Writer(places, names)
    whole = {
        "format": FORMAT,
        "edition": EDITION,
        "organization": organization,
        "policies": [writer.policy(one) for one in policies],
    }
    body = yaml.safe_dump(
        whole, sort_keys=False, allow_unicode=True, width=96, default_flow_style=None
    )
    return f"{_HEAD.format(organization=' '.join(organization.split()))}{body}"


class _Writer:
    """Writes parts of documents as plain values."""

    def __init__(self, places: dict[UUID, Place], names: Names) -> None:
        self._places = places
        self._names = names
        self._same = Counter((place.names, place.code) for place in names.groups)

    def policy(self, one: Written) -> dict[str, Any]:
        document = one.document
        return {
            **self._group(one.group_id),
            "name": one.name,
            "version": str(one.number),
            "currency": document.currency,
            "tiers": self._tiers(document.tiers),
            "restricted": self._stages(document.restricted),
            "exception": self._stages(document.exception),
            "rules": [self._rule(rule) for rule in document.rules],
            "counting": [
                {"by": counted.by.value, "to": counted.to.value, "days": str(counted.days)}
                for counted in document.aggregations
            ],
            **self._over_budget(document),
            **self._changes(document),
            "mandatory": sorted(part.value for part in document.mandatory),
        }

    def _over_budget(self, document: PolicyDocument) -> dict[str, Any]:
        """Return who agrees to an order beyond a soft budget, where that is not as usual."""
        if not document.over_budget:
            return {}
        return {"over_budget": self._stages(document.over_budget)}

    def _changes(self, document: PolicyDocument) -> dict[str, Any]:
        """Return which changes let approvals stand, where that is not as usual."""
        if document.tolerances == USUAL:
            return {}
        return {"changes": document.tolerances.to_json()}

    def _group(self, group_id: UUID) -> dict[str, Any]:
        place = self._places.get(group_id)
        if place is None:
            return {"group_id": str(group_id)}
        odd = any("/" in name or name != name.strip() or not name for name in place.names)
        named: dict[str, Any] = {
            "group": list(place.names) if odd else " / ".join(place.names) or "/"
        }
        if place.code:
            named["group_code"] = place.code
        if self._same[(place.names, place.code)] > 1:
            named["group_id"] = str(group_id)
        return named

    def _tiers(self, tiers: Sequence[Tier]) -> list[dict[str, Any]]:
        return [
            {
                "up_to": None if tier.up_to is None else format(tier.up_to, "f"),
                "ask": self._stages(tier.stages),
            }
            for tier in tiers
        ]

    def _stages(self, stages: Sequence[StageSpec]) -> list[dict[str, Any]]:
        return [self._stage(stage) for stage in stages]

    def _stage(self, stage: StageSpec) -> dict[str, Any]:
        written: dict[str, Any] = {
            "name": stage.name,
            "agree": AGREE.get(stage.mode, f"{AT_LEAST}{stage.at_least}"),
            "seats": [self._seat(seat) for seat in stage.approvers],
        }
        if stage.beside:
            written["beside"] = True
        return written

    def _seat(self, seat: ApproverSpec) -> dict[str, str] | str:
        if seat.kind in FOLLOWING and not seat.label:
            return FOLLOWING[seat.kind]
        if seat.kind in FOLLOWING:
            named = {"seat": FOLLOWING[seat.kind]}
        elif seat.kind is ApproverKind.PERSON:
            email = self._names.people.get(UUID(seat.value))
            named = {"person": email} if email else {"person_id": seat.value}
        else:
            named = {seat.kind.value.lower(): seat.value}
        return {**named, "label": seat.label} if seat.label else named

    def _rule(self, rule: Rule) -> dict[str, Any]:
        written: dict[str, Any] = {
            "code": rule.code,
            "name": rule.name,
            "mandatory": rule.is_mandatory,
            "when": self._when(rule.when),
            "does": DOES[rule.kind],
        }
        if rule.stages:
            written["ask"] = self._stages(rule.stages)
        if rule.tiers:
            written["tiers"] = self._tiers(rule.tiers)
        if rule.refusal:
            written["refusal"] = rule.refusal
        return written

    def _when(self, when: Conditions) -> dict[str, Any]:
        written: dict[str, Any] = {}
        for name in ("over", "up_to"):
            value = getattr(when, name)
            if value is not None:
                written[name] = format(value, "f")
        written |= self._named(when)
        written |= {name: list(getattr(when, name)) for name in PLAIN if getattr(when, name)}
        for name in ("is_first_order", "is_home_delivery"):
            value = getattr(when, name)
            if value is not None:
                written[name.removeprefix("is_")] = value
        said = {*when.categories, *map(str, (*when.suppliers, *when.payment_methods, *when.groups))}
        if loose := {key: label for key, label in when.labels if key not in said}:
            written["labels"] = loose
        return written

    def _named(self, when: Conditions) -> dict[str, Any]:
        """Return the conditions on things that have a name, each with what people call it."""
        labels = dict(when.labels)
        named: dict[str, Any] = {
            "categories": [{"code": code, **_name(labels, code)} for code in when.categories],
            **{
                kind: [{**_name(labels, one), "id": str(one)} for one in getattr(when, kind)]
                for kind in TERMS
            },
            "groups": [{**self._group(one), **_name(labels, one)} for one in when.groups],
        }
        return {kind: entries for kind, entries in named.items() if entries}


def _name(labels: dict[str, str], value: object) -> dict[str, str]:
    label = labels.get(str(value))
    return {} if label is None else {"name": label}
