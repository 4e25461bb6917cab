"""``python -m generators``."""

import sys
from types import ModuleType

# troposphere imports cfn_flip, and with it a YAML library, only for Template.to_yaml. Nobody
# calls that here, and it would take a fifth of the time. Only in this process, which does
# nothing else.
sys.modules.setdefault("cfn_flip", ModuleType("cfn_flip"))

from generators.command import main  # noqa: E402

if __name__ == "__main__":
    raise SystemExit(main())
