"""Prints the tests of a project as JSON, as taskcat reads them; taskcat's own Python runs it.

    python read_configuration.py PROJECT

What is wrong with them is one line on standard error.
"""

import json
import logging
import sys
from pathlib import Path

from taskcat._config import Config

logging.disable()
project = Path(sys.argv[1])
nowhere = project / "no such file"
try:
    read = Config.create(
        project_root=project,
        project_config_path=project / ".taskcat.yml",
        global_config_path=nowhere,
        overrides_path=nowhere,
    ).config
except Exception as error:  # of the file, its YAML, or what a schema says of it
    sys.exit(" ".join(str(getattr(error, "message", error)).split()))
print(json.dumps({name: test.to_dict() for name, test in read.tests.items()}))
