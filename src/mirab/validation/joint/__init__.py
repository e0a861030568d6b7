"""Joint solutions on the rivers of the pack beside published studies; run by the area `resolve`."""
