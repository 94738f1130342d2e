"""Finding the installed plugins, judging whether they may be loaded, and handing out what they registered.

`catalog` loads plugins and answers questions about models; `registrar` is what a plugin talks to; `weights` finds and
checks the files of a card; `folders` says where the user's files lie. Nothing here imports torch.
"""
