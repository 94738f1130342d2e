"""Finding the installed plugins, judging whether they may be loaded, and handing out what they registered.

`presence` knows which plugins are ours and whether there are others, `discovery` imports them, `registrar` is what they
talk to, `catalog` answers questions about what they registered. `weights` finds and checks the files of a card;
`folders` says where the user's files lie. Nothing here imports torch.
"""
