"""The channels of a workspace: what is connected, how it is, what else can be."""
