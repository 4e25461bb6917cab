"""What goes wrong while a package is made."""


class PackageError(Exception):
    """There is no package; the message says in one line why, and what to do."""
