"""What a processor's function has unless its folder says otherwise; quick to import."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Function:
    """What the processor's function gets, if the stack's form does not say otherwise."""

    memory: int = 256  # MB
    timeout: int = 60  # seconds for a batch of up to 10 files
    concurrency: int = 10  # batches at the same time, at most
    storage: int = 512  # MB of /tmp
    attempts: int = 3  # deliveries of a file before it is parked
