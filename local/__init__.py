"""Everything that exists only to run the project without AWS."""
