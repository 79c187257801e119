"""gateway.delivery."""
