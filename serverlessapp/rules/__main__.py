"""``python -m serverlessapp.rules``."""

from serverlessapp.rules.command import main

if __name__ == "__main__":
    raise SystemExit(main())
