"""What is to reach the world: rows written with their cause, and the one dispatcher of them."""
