"""The sources' records as they come over the wire, checked; what cannot be read is told apart from what can."""
