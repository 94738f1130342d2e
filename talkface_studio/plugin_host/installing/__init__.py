"""Installing plugins: from a source to a version that was tried and switched to, and all that changes them later.

`sources` unpacks and checks what was given, `pickles` refuses what would run code when it is loaded, `environment` adds
the packages that it requires, `uv` runs the program that finds them, and `installer` puts the steps together.
"""
