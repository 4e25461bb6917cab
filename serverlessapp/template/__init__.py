"""Reads templates: values, conditions, references, and what AWS publishes about their types."""
