"""The demo: a company with two years of purchases, and pages for development only."""
