"""Infers the publisher that a row leaves empty, from its document number or its title's start.

宜政办秘〔2008〕8号 is of the agency with the short name 宜政办. 安庆市财政局关于… names its agency.
"""

from analyzers.lazy_pattern import lazy_re
from gongkai.catalog.agencies import Agency, AgencyDirectory
from gongkai.catalog.document_number import DocumentNumber

_KIND = lazy_re(r"[发函秘字令通规复电传文批任明]{0,2}")
"""The end of a code that tells the kind of document; 办 is the office, another agency."""
_LONGEST = 60
_LEAD = lazy_re(r"(.{2,40}?)(?=关于|印发|转发|批转|公布|发布|通告|公告|令)")
_PLACE = lazy_re(r"[\u4e00-\u9fff]{1,12}(?:省|市|县|区|州|盟|旗|乡|镇|街道)")


def infer_publisher(
    number: DocumentNumber | None, title: str, place: str, agencies: AgencyDirectory
) -> Agency | None:
    """Returns the one agency that number and title point to, or None.

    `place` is the place that the row states. Another place's agency is none of its publishers: a
    report on the site of one city may carry the number of a document that it is about.
    """
    clues = (_read_number(number, place, agencies), _read_title(title, place, agencies))
    found = {agency.code: agency for agency in clues if agency}
    if len(found) != 1:
        return None
    agency = next(iter(found.values()))
    return agency if _is_of(agency, place) else None


def _read_number(
    number: DocumentNumber | None, place: str, agencies: AgencyDirectory
) -> Agency | None:
    """Returns the agency whose short name is the longest start of the code."""
    prefix = (number.prefix or "")[:_LONGEST] if number else ""
    for end in range(len(prefix), 1, -1):
        if not _KIND.fullmatch(prefix, end):
            continue
        if agency := agencies.find(prefix[:end], place=place):
            return agency
    return None


def _read_title(title: str, place: str, agencies: AgencyDirectory) -> Agency | None:
    lead = _LEAD.match(title.strip())
    return agencies.find(lead[1], place=place) if lead else None


def _is_of(agency: Agency, place: str) -> bool:
    if not _PLACE.fullmatch(place):
        return True
    return bool(agency.place) and (place.endswith(agency.place) or agency.place.endswith(place))
