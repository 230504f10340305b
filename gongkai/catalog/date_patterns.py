"""Parts of regular expressions for dates, shared by the modules that look for dates in texts.

Alternatives are grouped, so that a part can be repeated or left out as a whole.
"""

from analyzers.numerals import CHINESE_DIGITS, CHINESE_NUMERALS

YEAR = "(?:19|20)[0-9]{2}"
"""A year that documents and numbers may be of, in digits."""
WRITTEN_YEAR = f"[一二][九〇零○][{CHINESE_DIGITS}]{{2}}"
TYPED_YEAR = f"(?:{YEAR}|[一二][九〇零○oO0][{CHINESE_DIGITS}oO0-9]{{2}})"
"""A year in digits, in Chinese digits or in both, with letters for zeros: 二oo八."""
MONTH, DAY = "(?:1[0-2]|0?[1-9])", "(?:[12][0-9]|3[01]|0?[1-9])"
TWO_DIGIT_MONTH, TWO_DIGIT_DAY = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
NUMERAL = f"[0-9{CHINESE_NUMERALS}]"
UTC_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$"
"""The form of the times that we store."""
