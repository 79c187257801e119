"""merchant_receiver."""
