"""``python -m pipeline.steps``."""

from pipeline.steps.command import main

if __name__ == "__main__":
    raise SystemExit(main())
