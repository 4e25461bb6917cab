"""``python -m pictures``."""

from pictures.command import main

if __name__ == "__main__":
    raise SystemExit(main())
