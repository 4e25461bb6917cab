"""What goes wrong, for whoever pushed."""


class PipelineError(Exception):
    """The pipeline cannot be run, or an action failed; the message says why.

    Everything in this package may raise it.
    """
