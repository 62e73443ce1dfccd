"""What pages of other rooms show of the callback register."""
