"""Parts of the sheet of a deal: the workspace's own fields, goods."""
