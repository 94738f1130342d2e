"""What engine and client say to each other.

Lines of JSON go through the engine's standard input and output, pixels through a piece of shared memory.

Pipes rather than sockets: they exist on every system, nobody else can connect to them, nothing is left in the file
system, they reach into a sandbox without a network, and the end of either process is the end of the other's file.
Lines rather than lengths in front: whatever garbage one line holds, the next line is read as it should be, where a
wrong length would swallow all that follows. Nothing is pickled. The first line of each side says which version of the
protocol it speaks.
"""

VERSION = 1
"""Raised by every change that an older peer would not understand."""
