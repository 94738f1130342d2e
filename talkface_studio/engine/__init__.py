"""The engine: a process of its own that looks at media, makes previews and exports, and the client that talks to it.

protocol    what both sides say to each other; imports nothing heavy
client      starts the process, asks it, restarts it; imports nothing heavy
server      the process itself, `python -m talkface_studio.engine`
"""
