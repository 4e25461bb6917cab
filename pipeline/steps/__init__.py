"""What the pipeline's builds do in an environment: explain, check, verify, watch."""
