"""paywright."""
