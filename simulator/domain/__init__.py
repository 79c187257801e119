"""simulator.domain."""
