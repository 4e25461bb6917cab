"""What the emulator does otherwise than AWS, one concern a file. ADR 0005."""
