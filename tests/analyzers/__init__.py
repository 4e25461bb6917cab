"""What other people's analyzers say of the committed templates; our own rules are in tests/unit."""
