"""Relations that a document itself shows, found and judged without a codebook."""
