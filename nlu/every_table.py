"""Every table that reading learns, for those who make them all at once."""

from __future__ import annotations

from nlu.answer_model import ANSWER
from nlu.hardship_model import HARDSHIP
from nlu.household_choice import SIZE
from nlu.kind_model import KIND
from nlu.learned import Learned
from nlu.role_model import ROLE
from nlu.unreal_model import TALE

EVERY: tuple[Learned, ...] = (KIND, ROLE, SIZE, ANSWER, TALE, HARDSHIP)
