"""Gemeente Duinmeer: an invented municipality to try, test and show the product with; nobody in it exists.

What keeps real people out: BSNs come from the test range 9999xxxxx, phone numbers from +31 69 (06 9…, never given out),
postcodes from 1995 to 1999 (between Velserbroek, 1992, and Alkmaar the register knows none), mail at example domains.
"""
