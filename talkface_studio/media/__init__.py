"""Files to frames and samples, and back: probing, decoding, encoding, muxing and assembling of media.

Everything streams: no function holds a whole clip. All times are seconds on a file's own axis, on which the earliest
picture or sound of the file is at 0, so that picture and sound of one file agree.
"""
