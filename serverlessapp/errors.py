"""What the command answers with one line: mistakes that whoever runs it can correct."""


class OperatorError(Exception):
    """Something has to change first; the message says what. Exit code 2."""


class ProcessorError(OperatorError):
    """A processor's folder is wrong; the message names file and line, and what is allowed."""
