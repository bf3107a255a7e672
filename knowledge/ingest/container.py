"""The zip container of a Word document, checked before anything in it is unpacked."""

import io
import zipfile

from knowledge.guidelines import GuidelineNotReadableError, NotReadable

MAX_UNPACKED_BYTES = 64 * 1024 * 1024
"""Largest sum of a document's parts, unpacked. python-docx 1.2 opened a 326 KB bomb into 2.1 GB (research, part 5)."""

MAX_XML_BYTES = 16 * 1024 * 1024
"""Largest XML part, unpacked; lxml needs some ten times that in memory. A guideline's has some 100 KB."""

MAX_MEMBERS = 2000
"""Most parts of a document. An illustrated one has some hundred."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of the container of old .doc files and of encrypted .docx files ([MS-OFFCRYPTO] 2.3.4)."""


def check_container(content: bytes) -> None:
    """Refuse what must not reach python-docx, by the sizes that the zip directory declares.

    Python's `zipfile` never unpacks more of a member than its declared size, so a false one cannot grow later.

    Parameters
    ----------
    content
        The whole file.

    Raises
    ------
    GuidelineNotReadableError
        Raised if the file is encrypted, damaged, too large once unpacked, or not a Word document.
    """
    if content.startswith(_OLE):
        is_encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise GuidelineNotReadableError(
            NotReadable.ENCRYPTED if is_encrypted else NotReadable.UNKNOWN_FORMAT, detail="ole container"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except Exception as error:  # zipfile raises BadZipFile, but ValueError and struct.error on mutated files too
        raise GuidelineNotReadableError(NotReadable.DAMAGED, detail=type(error).__name__) from error
    names = {member.filename for member in members}
    if "[Content_Types].xml" not in names or "word/document.xml" not in names:
        raise GuidelineNotReadableError(NotReadable.DAMAGED, detail="no word/document.xml")
    if any(member.flag_bits & 0x1 for member in members):
        raise GuidelineNotReadableError(NotReadable.ENCRYPTED, detail="encrypted zip member")
    largest = max(member.file_size for member in members if member.filename.lower().endswith((".xml", ".rels")))
    if (
        len(members) > MAX_MEMBERS
        or largest > MAX_XML_BYTES
        or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES
    ):
        raise GuidelineNotReadableError(NotReadable.TOO_LARGE, detail="unpacked size")
