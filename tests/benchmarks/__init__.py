"""How fast and how small the project is, beside what else people use. Run with tox -e bench."""
