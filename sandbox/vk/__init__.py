"""The stand-in of VK: communities, their messages, callbacks and long poll; API 5.199."""
