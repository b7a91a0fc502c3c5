"""Tests of the room `qzanalysis/publishing/`."""
