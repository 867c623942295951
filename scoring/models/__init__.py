"""Facts of the room ``scoring``."""

from scoring.models.composite import BusinessScore, Composite, CompositeLine
from scoring.models.marks import BonusClaim, Mark, PenaltyEntry, ReviewerSeat, UnitExemption, VetoEntry
from scoring.models.process import Correction, Objection, SelfStatement, TieVote
from scoring.models.scheme import Scheme, SchemeVersion, Stage, StageEvent
from scoring.models.sheet import Difference, LineStatus, PeerMedian, Sheet, SheetLine, SheetPoint
from scoring.models.work import Recalculation, Watermark

__all__ = [
    "BonusClaim",
    "BusinessScore",
    "Composite",
    "CompositeLine",
    "Correction",
    "Difference",
    "LineStatus",
    "Mark",
    "Objection",
    "PeerMedian",
    "PenaltyEntry",
    "Recalculation",
    "ReviewerSeat",
    "Scheme",
    "SchemeVersion",
    "SelfStatement",
    "Sheet",
    "SheetLine",
    "SheetPoint",
    "Stage",
    "StageEvent",
    "TieVote",
    "UnitExemption",
    "VetoEntry",
    "Watermark",
]
