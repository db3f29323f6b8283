import pytest
from django.core.checks import run_checks

from approvals import subjects
from approvals.subjects import SubjectKind, UnknownSubject, every_kind_has_a_handler, handler_for


def test_every_kind_of_subject_has_a_handler() -> None:
    assert every_kind_has_a_handler() == []
    assert all(handler_for(kind).kind == kind for kind in SubjectKind)


def test_a_kind_without_a_handler_keeps_the_product_from_starting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subjects, "_handlers", {})
    errors = [found for found in run_checks() if found.id == "approvals.E001"]
    assert len(errors) == len(SubjectKind)
    assert all(any(kind.value in found.msg for found in errors) for kind in SubjectKind)
    with pytest.raises(UnknownSubject):
        handler_for(SubjectKind.REQUISITION)
