"""taskcat over the templates: stacks in several Regions, on AWS or on the emulator."""
