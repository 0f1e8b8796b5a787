"""The screens of broadcasts."""
