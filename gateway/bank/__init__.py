"""gateway.bank."""
