"""Networks that say something of a face: who it is, what it feels, how old it is. Others learn from them or are judged.

`registry` lists them. A published network needs a file that the user has; what works without one is a stand-in, and
every report names it as what it is.
"""
