"""Progress: what matters of what taskcat prints, as it happens."""

import re
import time
from dataclasses import dataclass, field

from rich.console import Console

# What the post-hook says of a stack, and what taskcat says of its status.
NEWS = re.compile(r"^(?:\[\w+ *\] : )?(?P<news>[a-z0-9-]+ [a-z]+(-[a-z]+)+-\d:? .*)$")
ERROR = re.compile(r"^\[(?:ERROR|FATAL) *\] : (?P<words>.*)$")


@dataclass
class Display:
    """A line for each step of a stack, with the seconds since the beginning.

    Attributes:
        last_error: What taskcat complained about last.
    """

    console: Console
    started: float = field(default_factory=time.monotonic)
    last_error: str = "it does not say why"

    def line(self, text: str) -> None:
        """Show a line of taskcat's, if it says something about a stack or an error."""
        if error := ERROR.match(text):
            self.last_error = error["words"]
            self.note(error["words"], "red")
        elif news := NEWS.match(text):
            style = "red" if "FAILED" in text else "green" if ": functional" in text else ""
            self.note(news["news"], style)

    def note(self, text: str, style: str = "") -> None:
        """Show a line of ours."""
        seconds = f"{time.monotonic() - self.started:6.1f} s  "
        self.console.print(seconds + text, style=style, markup=False, soft_wrap=True)
