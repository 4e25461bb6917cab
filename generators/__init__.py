"""Generates the application templates."""

__version__ = "0.1.0"
