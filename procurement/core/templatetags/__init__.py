"""Template tags that every page and mail may use."""
