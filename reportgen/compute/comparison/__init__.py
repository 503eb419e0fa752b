"""Figures and words of a regenerated panel against those of the archived one, before anything is laid out."""
