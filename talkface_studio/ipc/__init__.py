"""How processes of the studio talk to each other: lines of JSON through pipes, bulk data through shared memory.

Both the engine and the workers of plugins are spoken to with these parts; what is said is defined by each of them.

Pipes rather than sockets: they exist on every system, nobody else can connect to them, nothing is left in the file
system, they reach into a sandbox without a network, and the end of either process is the end of the other's file.
Lines rather than lengths in front: whatever garbage one line holds, the next line is read as it should be, where a
wrong length would swallow all that follows. Nothing is pickled. The first line of each side says which version of the
protocol it speaks.

Imports nothing but the standard library and pydantic.
"""
