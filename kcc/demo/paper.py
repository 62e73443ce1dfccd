"""A letter as a file that opens in any reader: one page of text, a PDF of a few hundred bytes."""


def letter(*lines: str) -> bytes:
    """Give a PDF with these lines on one page (PDF 1.4; ISO 32000-1, 7.5)."""
    shown = "".join(f"({line.translate(ESCAPES)}) Tj T* " for line in lines)
    text = f"BT /F1 14 Tf 20 TL 72 770 Td {shown}ET".encode("cp1252", "replace")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    found, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(found))
        found += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    size = len(objects) + 1
    return found + end % (size, table, size, len(found))


ESCAPES = str.maketrans({"(": r"\(", ")": r"\)", "\\": r"\\"})
