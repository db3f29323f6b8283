"""Organizations, groups, people, roles and seats: who may do what, where."""
