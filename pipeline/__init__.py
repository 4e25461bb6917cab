"""What delivers the application: its pipeline, and the roles that deploy and test it."""
