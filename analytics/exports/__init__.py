"""Reports as files: what the page shows, as CSV or as a workbook."""
