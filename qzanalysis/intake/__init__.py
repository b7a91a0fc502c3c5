"""New figures come in: workbooks, hand-made CSV, new schools, and tables read from reports."""
