"""What AWS refuses and ministack accepts, one concern a file. ADR 25."""
