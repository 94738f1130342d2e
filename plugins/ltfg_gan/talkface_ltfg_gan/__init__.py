"""LTFG-GAN: speech and the upper face move lips and jaw as landmarks; a second network puts them on the person.

The second network warps pictures of the person to the new landmarks and translates what comes of it into a frame.
"""
