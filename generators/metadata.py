"""What the template says about itself."""

from troposphere import Template

from generators import __version__
from generators.naming import PROJECT


def add_to(template: Template) -> None:
    """Add version and description."""
    template.set_version()
    template.set_description(
        f"{PROJECT} {__version__}: files uploaded to S3 are processed by Lambda through a queue, "
        "each with a signed receipt; nothing is lost."
    )
    template.metadata[PROJECT] = {"Version": __version__}
