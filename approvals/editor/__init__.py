"""The policy editor: a document turned into the fields of a form, and back.

Every button sends the whole form, so the editor works without any script, and a draft that is not
yet a policy is kept as it was typed. Nothing is stored here and nothing is read from the database;
whoever uses it says how things are found and called.
"""

from approvals.editor.policy import PolicyEditor
from approvals.editor.rules import STARTS
from approvals.editor.stages import key_of
from approvals.editor.starting import starting_document

__all__ = ["STARTS", "PolicyEditor", "key_of", "starting_document"]
