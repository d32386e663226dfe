"""Set-up and checks of the project. Standard library only: it runs before packages exist."""
