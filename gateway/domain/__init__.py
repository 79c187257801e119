"""gateway.domain."""
