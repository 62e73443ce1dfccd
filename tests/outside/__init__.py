"""The outside world in small: servers of ours that speak the protocols of the networks, faults included."""
