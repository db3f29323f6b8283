"""What the API of groups and people reads and writes, by noun; input and output apart."""
