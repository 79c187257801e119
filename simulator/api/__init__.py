"""simulator.api."""
