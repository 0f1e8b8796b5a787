"""The screens of segments."""
