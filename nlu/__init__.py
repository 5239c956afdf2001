"""Chinese text in, meaning with exact spans out. Imports nothing of ours and no framework."""

from nlu.extractor import Extractor
from nlu.mentions import (
    Amount,
    AreaName,
    DangerSignal,
    Extraction,
    FactType,
    Hardship,
    NameMention,
    PlaceMention,
    ProxySignal,
    Span,
    ValueMention,
)

__all__ = [
    "Amount",
    "AreaName",
    "DangerSignal",
    "Extraction",
    "Extractor",
    "FactType",
    "Hardship",
    "NameMention",
    "PlaceMention",
    "ProxySignal",
    "Span",
    "ValueMention",
]
