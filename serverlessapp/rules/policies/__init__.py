"""Rules about policies and what they guard."""
