"""``python -m serverlessapp.releases``."""

from serverlessapp.releases.command import main

if __name__ == "__main__":
    raise SystemExit(main())
