"""What a person can type: one module per topic."""
