"""``serverlessapp``, the one command that people install."""
