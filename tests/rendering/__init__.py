"""Tests of the room `qzanalysis/rendering/`."""
