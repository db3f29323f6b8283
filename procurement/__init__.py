"""The frame of the house: the shell that wires it, the floor it stands on, and the purchase."""
