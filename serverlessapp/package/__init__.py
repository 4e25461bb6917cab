"""Makes a reproducible zip of the function's code, a processor and what it depends on."""
