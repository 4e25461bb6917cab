"""What becomes of data when the stack, or a resource in it, goes away."""

from enum import Enum
from typing import Any


class Retention(Enum):
    """One template each, because ``DeletionPolicy`` takes no intrinsic function.

    The value is the template's file name without its suffix.
    """

    RETAINED = "application"
    EPHEMERAL = "application-ephemeral"

    @property
    def keeps_data(self) -> bool:
        """Whether deleting the stack leaves the data behind."""
        return self is Retention.RETAINED

    @property
    def promise(self) -> str:
        if self.keeps_data:
            return (
                "Resources with data are retained when the stack is deleted, and so are the "
                "policies that protect them. Delete them separately."
            )
        return "Nothing is retained: deleting the stack deletes all resources, files included."

    @property
    def policies(self) -> dict[str, Any]:
        """Return the resource attributes of everything that holds data.

        ``RetainExceptOnCreate``: a stack whose creation failed leaves nothing behind
        (CloudFormation User Guide, "DeletionPolicy attribute").
        """
        if self.keeps_data:
            return {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
        return {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}

    @property
    def key_policies(self) -> dict[str, Any]:
        """Return the resource attributes of a key, which is the end of all that it encrypted.

        ``Retain``: a key that an update made stays when that update fails, since files, log events
        and messages came under it meanwhile. So it also stays, empty, when creating a stack fails.
        In the throw-away template it goes like the files: 30 days are left to cancel its deletion.
        """
        if self.keeps_data:
            return {**self.policies, "DeletionPolicy": "Retain"}
        return self.policies

    @property
    def protection(self) -> dict[str, Any]:
        """Return the resource attributes of the policies that guard data: as long as it is there.

        Nothing in the throw-away template, where they would say what CloudFormation does anyway.
        """
        return self.policies if self.keeps_data else {}
