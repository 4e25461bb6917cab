"""What goes wrong while a package is made."""

from serverlessapp.errors import OperatorError


class PackageError(OperatorError):
    """There is no package; the message says in one line why, and what to do."""
