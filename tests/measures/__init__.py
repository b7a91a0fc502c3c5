"""Tests of the derived measures; a package, so that file names may repeat those of other rooms."""
