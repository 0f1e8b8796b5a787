"""Reports that somebody keeps, and those that come by themselves."""
