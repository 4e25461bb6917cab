"""``python -m tests.acceptance``: see ``acceptance.command``."""

from tests.acceptance.command import main

if __name__ == "__main__":
    raise SystemExit(main())
