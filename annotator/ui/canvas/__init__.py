"""The picture and what lies over it: masks, strokes, pins, and what a click would do."""
