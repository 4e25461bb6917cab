"""``python -m tests.analyzers``."""

from tests.analyzers.command import main

if __name__ == "__main__":
    raise SystemExit(main())
