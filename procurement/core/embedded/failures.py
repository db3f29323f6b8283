"""What goes wrong with an embedded service, in words for whoever started it."""


class EmbeddedServiceError(Exception):
    """An embedded service could not be made, started or stopped."""
