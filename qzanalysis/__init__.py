"""Reproducible analysis of the annual quality reports of vocational schools."""

from qzanalysis.dataset import Report, load

__all__ = ["Report", "load"]
