"""What a template says about itself, for people: tables of its form, and links that open it."""
