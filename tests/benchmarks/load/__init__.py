"""Many files through a deployed stack."""
