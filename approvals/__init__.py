"""Approval policies and requests: who must agree, who was asked, what they decided."""
