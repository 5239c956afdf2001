"""What has to be told about single rows of a list, for the person who sends it back to its department."""

from __future__ import annotations

from dataclasses import dataclass

from actions.texts import Texts


@dataclass(frozen=True)
class Remark:
    """Something about one row. `code`: a text under lists.remarks; `merged`: the row was used all the same.

    `row` counts as a spreadsheet does; 0: the list as a whole.
    """

    list: str
    row: int
    code: str
    person: str = ""  # ID number, masked, or household number
    column: str = ""
    found: str = ""
    expected: str = ""
    cells: str = ""
    merged: bool = False

    def say(self, texts: Texts) -> str:
        """The remark as one plain sentence."""
        return texts.say(
            f"lists.remarks.{self.code}", column=self.column, found=self.found[:300], expected=self.expected,
            cells=self.cells,
        )  # fmt: skip
