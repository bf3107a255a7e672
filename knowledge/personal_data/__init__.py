"""Personal data in a draft: what it is, where it stands, and the text without it.

Nothing here stores or logs what it finds. Type and place may be stored; a value never.
"""

from knowledge.personal_data.datum import PersonalDataType, PersonalDatum
from knowledge.personal_data.finding import MARKS, find_personal_data, mask, mask_all

__all__ = ["MARKS", "PersonalDataType", "PersonalDatum", "find_personal_data", "mask", "mask_all"]
