"""The stand-in of any other system: it signs what its customers write and takes what we post."""
