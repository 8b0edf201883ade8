"""The heart: appeals of citizens, from the first letter to the mark the citizen gives.

What happens when is drawn in the diagrams; this room keeps the card of the appeal and does what
the diagrams ask for.
"""
