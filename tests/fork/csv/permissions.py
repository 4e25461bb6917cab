"""What it may do besides reading uploads: write below ``results/``."""

from generators.results import grants

__all__ = ["grants"]
