"""``python -m handbook``."""

from handbook.command import main

if __name__ == "__main__":
    raise SystemExit(main())
