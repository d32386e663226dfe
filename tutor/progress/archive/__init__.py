"""A profile as a whole: backups, restoring, import and export."""
