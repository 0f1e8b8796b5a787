"""People on their way through series: coming in, from step to step, and out again.

Nothing here sends. A step that is due puts its contact into the audience of the step's broadcast,
and moves the participant on, in one transaction; from there on it is a broadcast's message like any
other. Whoever dies in between leaves either both or nothing.
"""
