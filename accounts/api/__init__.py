"""The API of groups and people, by noun, over the same selectors and services as the pages."""
