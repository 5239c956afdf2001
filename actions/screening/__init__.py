"""Screening of whole lists: the rules of a pack over one household a row (`shouwang screen`).

Tables of a database are screened by `actions.screening.database`, which takes longer to load.
"""

from actions.screening.files import ListError
from actions.screening.report import Finding, Screened
from actions.screening.run import screen_file

__all__ = ["Finding", "ListError", "Screened", "screen_file"]
