"""Metrics of generated pictures and mouths, on arrays alone.

No metric finds faces by itself: landmarks come from the caller, found in both pictures by the same detector.
"""
