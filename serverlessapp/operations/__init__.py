"""What an operator runs against a deployed stack, on AWS or on the emulator."""
