"""The stages, in the order in which a push passes through them, and who acts in them."""
