"""What comes back: reports of mail servers on what they could not deliver (pure)."""
