"""Set-up and checks of the project. Standard library only: this runs before anything is there."""
