"""Printed figures: their intervals, facts that keep their origins, numeric frames and sentences."""
