"""conformance.harness."""
