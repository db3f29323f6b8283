"""Groups that are to be made together (pure): an import plans them, a service stores them."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group that does not exist yet; ``path`` leads from the root down to its own id."""

    id: UUID
    path: tuple[UUID, ...]
    name: str
    code: str
    kind: str

    @property
    def parent_id(self) -> UUID:
        """Return the group that it stands below."""
        return self.path[-2]
