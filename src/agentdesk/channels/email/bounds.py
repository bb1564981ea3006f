"""Every bound of reading mail, in one place. What is beyond one is cut and noted, or the mail is rejected."""

from __future__ import annotations

MAIL_BYTES_MAX = 30 << 20
"""Of a whole mail; a larger one is rejected, with what its first headers say."""
HEADER_BYTES_MAX = 4 << 20
"""Of a mail's own headers; what comes after is not looked at."""
PART_HEADER_BYTES_MAX = 64 << 10
"""Of the headers of one part."""
HEADER_LINES_MAX = 100_000
HEADERS_MAX = 2_000
"""Header fields kept of one block."""
VALUE_BYTES_MAX = 64 << 10
"""Of one header field; lists of recipients may have `RECIPIENT_BYTES_MAX`."""
RECIPIENT_BYTES_MAX = 2 << 20
PARAMETER_CHARS_MAX = 4_000
"""Of Content-Type and Content-Disposition."""
SUBJECT_CHARS_MAX = 1_000
NAME_CHARS_MAX = 200
ADDRESS_CHARS_MAX = 320
ID_CHARS_MAX = 500
"""Of a Message-ID."""
RECIPIENTS_MAX = 200
"""Addresses kept of one list; all are counted."""
LIST_MEMBERS_READ_MAX = 2_000
"""Members of a list that are read until so many addresses are found; the rest is only counted."""
REFERENCES_MAX = 50
"""The last ones are kept: they are the nearest."""
PARTS_MAX = 500
DEPTH_MAX = 30
SEPARATORS_MAX = 20_000
"""Lines that look like a boundary, in a whole mail."""
ATTACHMENTS_MAX = 200
"""Attachments listed; all are counted."""
BODY_BYTES_MAX = 2 << 20
"""Of one text part, before its characters are decoded."""
TEXT_CHARS_MAX = 200_000
"""Of the reading form."""
LINES_MAX = 20_000
"""Of the reading form."""
TAG_DEPTH_MAX = 200
"""Of HTML; deeper elements count as their parent's text."""
ELEMENTS_MAX = 50_000
"""Of HTML; of what comes after only the bare text is kept."""
TABLE_DEPTH_MAX = 12
STYLE_CHARS_MAX = 64_000
ATTRIBUTE_CHARS_MAX = 4_000
"""Of an attribute of an element."""
LINKS_MAX = 200
LINK_CHARS_MAX = 2_000
PAGE_CHARS_MAX = 1 << 20
"""Of HTML that is made safe for a browser."""
PAGE_IMAGE_BYTES_MAX = 4 << 20
"""Of the images inside a page, together."""
REPORT_BYTES_MAX = 256 << 10
"""Of the part of a delivery report that machines read."""
UUENCODED_LINES_MAX = 600_000
REPORTED_MAX = 50
"""Recipients kept of a delivery report."""
DIAGNOSTIC_CHARS_MAX = 1_000
HOPS_MAX = 40
"""Servers that a mail has passed; more is a loop."""

MEMORY_BYTES = 512 << 20
"""Address space of a worker process."""
CPU_S = 15
"""Processor time of one job in a worker."""
JOB_TIMEOUT_S = 20.0
"""A job that takes longer ends with its worker."""
WAIT_TIMEOUT_S = 60.0
"""How long a job waits for a free worker."""
START_TIMEOUT_S = 20.0
JOBS_PER_WORKER = 1_000
"""After so many a worker is replaced, so that what one mail left behind is gone."""
ANSWER_BYTES_MAX = 16 << 20
