"""Commands of analytics, one a module."""
