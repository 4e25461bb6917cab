"""``python -m serverlessapp``: the same as ``serverlessapp``."""

from serverlessapp.cli.main import main

raise SystemExit(main())
