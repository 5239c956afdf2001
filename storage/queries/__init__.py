"""What one may ask the database, one file a theme; the unit of work carries one object of each."""
