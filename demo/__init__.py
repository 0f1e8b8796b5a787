"""A believable workspace to look at: a furniture workshop, its people and their customers."""
