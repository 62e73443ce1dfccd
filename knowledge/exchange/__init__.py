"""Articles out of and into files: what other systems and the public sets of the government hold and can read."""
