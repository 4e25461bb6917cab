"""The generated pipeline, stage by stage on this machine."""
