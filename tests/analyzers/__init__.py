"""Static gates: what analyzers and our own rules find in the templates, and what was accepted."""
