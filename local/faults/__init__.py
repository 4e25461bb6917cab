"""A proxy between a function and the emulator that lets AWS fail on purpose. ADR 0008."""
