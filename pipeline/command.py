"""``python -m pipeline``: writes the templates of the delivery, or checks that they are fresh."""

import sys

from generators.command import owned, run

MORE = """
  python -m pipeline artifacts -h    collect what the pipeline delivers
  python -m pipeline docs -h         write the generated parts of README and docs
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    given = sys.argv[1:] if argv is None else argv
    # Imported when asked for: each needs something else, and some of it is slow.
    if given[:1] == ["artifacts"]:
        from pipeline.artifacts_command import main as artifacts

        return artifacts(given[1:])
    if given[:1] == ["docs"]:
        from pipeline.page import main as docs

        return docs(given[1:])
    from pipeline.templates import templates

    return run(
        given, package="pipeline", make=templates, owned=lambda name: not owned(name), more=MORE
    )
