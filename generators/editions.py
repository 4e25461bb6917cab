"""The application templates that there are."""

from collections.abc import Sequence
from enum import Enum

from troposphere import Template

from generators.application import build
from generators.lanes import Lane
from generators.retention import Retention
from generators.source import UploadSource


class Edition(Enum):
    """One of them; the value is its file's name without its suffix."""

    RETAINED = Retention.RETAINED.value
    EPHEMERAL = Retention.EPHEMERAL.value
    EXISTING_BUCKET = "application-existing-bucket"

    @property
    def retention(self) -> Retention:
        return Retention.EPHEMERAL if self is Edition.EPHEMERAL else Retention.RETAINED

    @property
    def source(self) -> UploadSource:
        is_existing = self is Edition.EXISTING_BUCKET
        return UploadSource.EXISTING_BUCKET if is_existing else UploadSource.OWN_BUCKET

    def build(self, lanes: Sequence[Lane] | None = None) -> Template:
        return build(self.retention, lanes, source=self.source)
