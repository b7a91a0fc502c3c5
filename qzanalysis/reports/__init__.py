"""One school's report: schema, loading, corrections and the data package."""
