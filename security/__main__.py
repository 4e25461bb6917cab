"""``python -m security``."""

from security.command import main

if __name__ == "__main__":
    raise SystemExit(main())
