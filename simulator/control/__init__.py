"""simulator.control."""
