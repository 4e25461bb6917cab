"""What AWS refuses about a pipeline only when it is deployed, or in the middle of a run."""
