"""What stands in an e-mail of a stranger, read in a process apart; knows nothing of the rest of the house."""
