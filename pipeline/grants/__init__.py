"""What the pipeline's roles may do: one function for each statement."""
