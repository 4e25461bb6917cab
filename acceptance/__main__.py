"""``python -m acceptance``: see ``acceptance.command``."""

from acceptance.command import main

if __name__ == "__main__":
    raise SystemExit(main())
