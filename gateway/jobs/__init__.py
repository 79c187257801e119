"""gateway.jobs."""
