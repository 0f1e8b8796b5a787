"""Settings, entry points and the commands that run the project. Nothing imports this package."""
