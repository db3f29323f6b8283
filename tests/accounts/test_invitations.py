"""Inviting people: what is checked, what is sent, and that nobody is asked twice."""

from datetime import timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from accounts import selectors, services
from accounts.invitations import LIFETIME
from accounts.models import (
    Invitation,
    InvitationBatch,
    Membership,
    Position,
    PositionHolder,
    Role,
    RoleGrant,
    User,
)
from procurement.audit.models import AuditEvent
from procurement.core import tenancy
from procurement.core.errors import Conflict, DomainError, NotAllowed
from procurement.outbox.models import OutboxMessage
from tests.accounts.invited import check, invitation_of, invite, letters_to, member, run
from tests.factories.accounts import (
    NOW,
    PASSWORD,
    Company,
    make_company,
    make_member,
    make_organization,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ANNA = "anna@example.com"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def company() -> Company:
    return make_company()


def accept(company: Company, email: str = ANNA, *, signed_in: User | None = None) -> Membership:
    invitation = invitation_of(email)
    return services.accept_invitation(
        organization=company.organization,
        invitation_id=invitation.id,
        link_expires_at=invitation.expires_at,
        signed_in=signed_in,
        name="Anna Smith",
        password=PASSWORD,
        now=LATER,
    )


def die_after_a_step(batch: InvitationBatch) -> None:
    """Take a step whose worker is killed before the transaction has ended."""
    with transaction.atomic():
        services.invite_next(batch_id=batch.id, now=NOW, most=3)
        transaction.set_rollback(True)


def test_checking_tells_each_lines_fate_and_invites_nobody(company: Company) -> None:
    with company.scope():
        bob = company.people["Bob"].user.email
        batch = check(company, f"{ANNA}, {bob.upper()}, {ANNA}, nonsense")
        fates = selectors.fates_of(batch)
        assert (batch.total, batch.ready) == (4, 1)
        assert [fates[fate] for fate in ("READY", "KNOWN", "DUPLICATE", "REJECTED")] == [1] * 4
        assert not Invitation.objects.exists()
        assert not OutboxMessage.objects.filter(template="invitation").exists()
        assert AuditEvent.objects.filter(action="member.checked").count() == 1


def test_a_check_takes_the_same_queries_however_many_lines(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with company.scope():
        few = [f"few{number}@example.com" for number in range(3)]
        many = [f"many{number}@example.com" for number in range(300)]
        company.actor("Adam")
        for emails in (few, many):
            with django_assert_num_queries(11):
                check(company, "\n".join(emails))


def test_whoever_is_invited_has_a_role_waiting_and_no_power(company: Company) -> None:
    with company.scope():
        batch = invite(company, f"Anna Smith <{ANNA}>")
        anna = member(ANNA)
        assert batch.status == InvitationBatch.Status.DONE
        assert (batch.processed, batch.total) == (1, 1)
        assert (anna.status, anna.user.name) == (Membership.Status.INVITED, "Anna Smith")
        assert anna.grants.get().role == Role.REQUISITIONER
        assert (
            selectors.actor_for(
                user_id=anna.user_id, organization_id=company.organization.id, now=LATER
            )
            is None
        )
        assert not anna.user.has_usable_password()
        assert invitation_of(ANNA).expires_at == NOW + LIFETIME
        assert letters_to(ANNA) == 1
        actions = set(AuditEvent.objects.values_list("action", flat=True))
        assert {"invitation.started", "member.invited", "member.invited_many"} <= actions


def test_a_worker_that_dies_in_a_step_loses_nobody_and_mails_nobody_twice(
    company: Company,
) -> None:
    emails = [f"p{number}@example.com" for number in range(7)]
    with company.scope():
        batch = check(company, " ".join(emails))
        services.send_invitations(actor=company.actor("Adam"), batch=batch, now=NOW)
        assert services.invite_next(batch_id=batch.id, now=NOW, most=3)
        die_after_a_step(batch)
        assert sum(map(letters_to, emails)) == 3
        assert selectors.running_batch_ids() == [batch.id]
        assert run(batch, most=3) == 2
        assert [letters_to(email) for email in emails] == [1] * 7
        assert (batch.status, batch.processed) == (InvitationBatch.Status.DONE, 7)
        assert not services.invite_next(batch_id=batch.id, now=NOW)
        assert [letters_to(email) for email in emails] == [1] * 7


def test_a_step_takes_the_same_queries_however_many_people(
    company: Company, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with company.scope():
        emails = [f"p{number}@example.com" for number in range(50)]
        batch = check(company, " ".join(emails))
        services.send_invitations(actor=company.actor("Adam"), batch=batch, now=NOW)
        # Thirty, and an event in the trail for each, in one round trip.
        with django_assert_max_num_queries(30 + len(emails)):
            services.invite_next(batch_id=batch.id, now=NOW)
        assert sum(map(letters_to, emails)) == 50


def test_sending_twice_starts_once_and_a_discarded_batch_is_never_sent(company: Company) -> None:
    with company.scope():
        adam = company.actor("Adam")
        batch = check(company, ANNA)
        for _ in range(2):
            services.send_invitations(actor=adam, batch=batch, now=NOW)
        assert AuditEvent.objects.filter(action="invitation.started").count() == 1
        with pytest.raises(Conflict, match="on their way"):
            services.discard_invitations(actor=adam, batch=batch, now=NOW)
        other = check(company, "ben@example.com")
        services.discard_invitations(actor=adam, batch=other, now=NOW)
        with pytest.raises(Conflict, match="discarded"):
            services.send_invitations(actor=adam, batch=other, now=NOW)
        nobody = check(company, "nonsense")
        with pytest.raises(DomainError, match="No line is ready"):
            services.send_invitations(actor=adam, batch=nobody, now=NOW)


def test_only_who_manages_a_group_invites_to_it_and_only_their_own_batches(
    company: Company,
) -> None:
    with company.scope():
        workplace = company.groups["Workplace"]
        wanda = make_member(company.organization, workplace, "Wanda Local", Role.ADMINISTRATOR)
        company.people["Wanda"] = wanda
        with pytest.raises(NotAllowed, match="Dana"):
            check(company, ANNA, who="Dana")
        with pytest.raises(NotAllowed):
            check(company, ANNA, who="Wanda", group="Engineering")
        batch = check(company, f"email,group\n{ANNA},Engineering\nben@example.com,", who="Wanda")
        fates = list(selectors.lines_of(batch).values_list("fate", flat=True))
        assert fates == ["REJECTED", "READY"]
        with pytest.raises(NotAllowed):
            services.send_invitations(actor=company.actor("Adam"), batch=batch, now=NOW)


def test_powers_that_end_while_a_batch_is_sent_stop_the_rest_of_it(company: Company) -> None:
    with company.scope():
        workplace = company.groups["Workplace"]
        wanda = make_member(company.organization, workplace, "Wanda Local", Role.ADMINISTRATOR)
        company.people["Wanda"] = wanda
        batch = check(company, "p1@example.com p2@example.com p3@example.com", who="Wanda")
        services.send_invitations(actor=company.actor("Wanda"), batch=batch, now=NOW)
        assert services.invite_next(batch_id=batch.id, now=NOW, most=1)
        adam = company.actor("Adam")
        services.revoke_role(
            actor=adam, membership=wanda, group=workplace, role=Role.ADMINISTRATOR, now=NOW
        )
        assert services.invite_next(batch_id=batch.id, now=LATER, most=1)
        services.suspend_member(actor=adam, membership=wanda, reason="Left", now=NOW)
        run(batch, now=LATER)
        problems = [line.problems[0]["sentence"] for line in selectors.lines_of(batch)[1:]]
        assert "does not manage the people of Workplace any more" in problems[0]
        assert "has no access any more" in problems[1]
        assert batch.status == InvitationBatch.Status.DONE
        assert letters_to("p1@example.com") == 1
        assert letters_to("p2@example.com") == letters_to("p3@example.com") == 0


def test_whoever_has_become_a_member_meanwhile_is_not_mailed(company: Company) -> None:
    with company.scope():
        adam = company.actor("Adam")
        batch = check(company, f"{ANNA} ben@example.com")
        services.send_invitations(actor=adam, batch=batch, now=NOW)
        services.add_member(
            actor=adam, group=company.groups["Workplace"], email=ANNA, name="Anna", now=NOW
        )
        run(batch)
        assert selectors.fates_of(batch)["KNOWN"] == 1
        assert (letters_to(ANNA), letters_to("ben@example.com")) == (0, 1)


def test_managers_of_the_same_file_are_linked_whichever_comes_first(company: Company) -> None:
    with company.scope():
        bob = company.people["Bob"]
        text = (
            "email,manager\n"
            f"{ANNA},ben@example.com\n"
            f"cy@example.com,{bob.user.email}\n"
            f"ben@example.com,cy@example.com\n"
        )
        batch = check(company, text)
        services.send_invitations(actor=company.actor("Adam"), batch=batch, now=NOW)
        run(batch, most=1)
        cy, ben, anna = (member(f"{name}@example.com") for name in ("cy", "ben", "anna"))
        assert (anna.manager, ben.manager, cy.manager) == (ben, cy, bob)
        placement = anna.placements.get(until__isnull=True)
        assert placement.manager_id == ben.id


def test_accepting_opens_access_once(company: Company) -> None:
    with company.scope():
        invite(company, ANNA)
        anna = accept(company)
        actor = selectors.actor_for(
            user_id=anna.user_id, organization_id=company.organization.id, now=LATER
        )
        assert actor is not None
        assert actor.can("place_orders", company.groups["Workplace"].path)
        assert anna.user.check_password(PASSWORD)
        statuses = list(anna.placements.order_by("since").values_list("status", flat=True))
        assert statuses == ["INVITED", "ACTIVE"]
        with pytest.raises(Conflict, match="have accepted"):
            accept(company)


def test_a_link_never_opens_an_account_that_there_is(company: Company) -> None:
    with tenancy.scope(make_organization("Contoso").id):
        pass
    user = User.objects.create_user(ANNA, "her-own-long-password", name="Anna Own")
    other = User.objects.create_user("other@example.com", PASSWORD, name="Other")
    with company.scope():
        invite(company, f"Somebody Else <{ANNA}>")
        for signed_in in (None, other):
            with pytest.raises(NotAllowed, match=f"Sign in as {ANNA}"):
                accept(company, signed_in=signed_in)
        accept(company, signed_in=user)
        user.refresh_from_db()
        assert user.check_password("her-own-long-password")
        assert user.name == "Anna Own"
        assert member(ANNA).status == Membership.Status.ACTIVE


def test_a_weak_password_or_no_name_is_refused_beside_its_field(company: Company) -> None:
    with company.scope():
        invite(company, ANNA)
        invitation = invitation_of(ANNA)
        for name, password, field in (("", PASSWORD, "name"), ("Anna", "short", "password")):
            with pytest.raises(DomainError) as refusal:
                services.accept_invitation(
                    organization=company.organization,
                    invitation_id=invitation.id,
                    link_expires_at=invitation.expires_at,
                    signed_in=None,
                    name=name,
                    password=password,
                    now=LATER,
                )
            assert refusal.value.field == field


def test_a_seat_is_taken_on_acceptance_only_where_it_is_empty(company: Company) -> None:
    with company.scope():
        text = (
            "email,group,position\n"
            f"{ANNA},Workplace,Supervisor\n"
            "ben@example.com,Facilities,supervisor\n"
        )
        invite(company, text)
        position = Position.objects.get(code="supervisor")
        assert not PositionHolder.objects.filter(group=company.groups["Workplace"]).exists()
        accept(company)
        accept(company, "ben@example.com")
        held = PositionHolder.objects.current().filter(position=position)
        assert held.get(group=company.groups["Workplace"]).membership == member(ANNA)
        assert held.get(group=company.groups["Facilities"]).membership == company.people["Bob"]
        event = AuditEvent.objects.filter(action="invitation.accepted").latest("id")
        assert event.after is not None
        assert "Bob Supervisor holds it" in event.after["seat"]


def test_sending_again_replaces_the_link_and_holds_for_the_whole_time_again(
    company: Company,
) -> None:
    with company.scope():
        invite(company, ANNA)
        adam, later = company.actor("Adam"), NOW + timedelta(days=20)
        with pytest.raises(Conflict, match="just been sent"):
            services.resend_invitation(actor=adam, invitation=invitation_of(ANNA), now=NOW)
        sent = services.resend_invitation(actor=adam, invitation=invitation_of(ANNA), now=later)
        assert (sent.sent, sent.expires_at) == (2, later + LIFETIME)
        assert letters_to(ANNA) == 2


def test_a_revoked_invitation_opens_nothing_and_the_person_can_be_invited_again(
    company: Company,
) -> None:
    with company.scope():
        invite(company, ANNA, group="Workplace")
        adam = company.actor("Adam")
        services.revoke_invitation(actor=adam, invitation=invitation_of(ANNA), now=LATER)
        anna = member(ANNA)
        assert anna.status == Membership.Status.SUSPENDED
        assert not RoleGrant.objects.in_force(LATER).filter(membership=anna).exists()
        with pytest.raises(Conflict, match="revoked"):
            accept(company)
        with pytest.raises(DomainError, match="never accepted"):
            services.reinstate_member(actor=adam, membership=anna, reason="Back", now=LATER)
        again = invite(company, ANNA, group="Engineering", now=LATER + timedelta(days=1))
        assert again.ready == 1
        anna.refresh_from_db()
        assert (anna.status, anna.group) == (
            Membership.Status.INVITED,
            company.groups["Engineering"],
        )
        assert letters_to(ANNA) == 2


def test_ending_the_access_of_somebody_invited_revokes_the_invitation(company: Company) -> None:
    with company.scope():
        invite(company, ANNA)
        adam = company.actor("Adam")
        services.suspend_member(actor=adam, membership=member(ANNA), reason="No", now=LATER)
        assert invitation_of(ANNA).status == Invitation.Status.REVOKED
        with pytest.raises(Conflict, match="revoked"):
            accept(company)


def test_somebody_off_boarded_is_reinstated_rather_than_invited(company: Company) -> None:
    with company.scope():
        alice, adam = company.people["Alice"], company.actor("Adam")
        services.suspend_member(actor=adam, membership=alice, reason="Left", now=NOW)
        batch = check(company, alice.user.email)
        (line,) = selectors.lines_of(batch)
        assert line.fate == "REJECTED"
        assert "was off-boarded on Nov 24, 2026" in line.problems[0]["sentence"]
        services.reinstate_member(actor=adam, membership=alice, reason="Back", now=LATER)
        assert member(alice.user.email).status == Membership.Status.ACTIVE


def test_a_link_that_has_expired_lets_nobody_in(company: Company) -> None:
    with company.scope():
        invite(company, ANNA, now=NOW)
        invitation = invitation_of(ANNA)
        with pytest.raises(Conflict, match=r"hold for 14 days\. Ask Adam Administrator"):
            services.accept_invitation(
                organization=company.organization,
                invitation_id=invitation.id,
                link_expires_at=invitation.expires_at,
                signed_in=None,
                name="Anna",
                password=PASSWORD,
                now=NOW + LIFETIME,
            )
