"""What the API of orders takes and gives, by noun. Money and quantities are decimal strings."""
