"""A profile as a whole: backups, restoring, and taking it elsewhere."""
