"""``python -m serverlessapp.diff``."""

from serverlessapp.diff.command import main

if __name__ == "__main__":
    raise SystemExit(main())
