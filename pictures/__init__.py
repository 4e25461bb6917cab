"""Pictures of what the templates say."""
