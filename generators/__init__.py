"""Generates the application templates."""

__version__ = "0.3.0"
