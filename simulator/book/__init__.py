"""simulator.book."""
