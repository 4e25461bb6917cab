"""What AWS checks and ministack leaves out, and a record of every decision. ADR 0010."""
