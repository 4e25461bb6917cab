"""Generates the application templates."""

__version__ = "0.2.0"
