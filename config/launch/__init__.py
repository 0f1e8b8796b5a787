"""What stands behind bin/dev, bin/test and bin/manage."""
