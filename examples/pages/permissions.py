"""What the processor may do beyond reading uploads: write its results."""

from generators.results import grants

__all__ = ["grants"]
