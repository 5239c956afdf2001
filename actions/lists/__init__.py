"""Departments' monthly lists: read, put together by household, judged, and made cases (`shouwang screen --merge`)."""
