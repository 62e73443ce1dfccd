"""Telephone numbers: what somebody typed or a telephone system sent, made into one form."""

import phonenumbers

REGION = "NL"


def normalise(typed: str) -> str | None:
    """Give the number in E.164 (+31612345678), read as a Dutch one unless it says otherwise; None when it is no number.

    Only the form is judged, not whether the range is given out: a citizen's new number must never be refused.
    """
    text = typed.strip().removeprefix("tel:").split(";")[0]
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def display(e164: str) -> str:
    """Give a stored number the way the Dutch read it: 06 12 34 56 78; a foreign one with its country code."""
    try:
        number = phonenumbers.parse(e164, REGION)
    except phonenumbers.NumberParseException:
        return e164
    if number.country_code != 31:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    digits = "".join(c for c in national if c.isdigit())
    if digits.startswith("06") and len(digits) == 10:
        return f"06 {digits[2:4]} {digits[4:6]} {digits[6:8]} {digits[8:]}"
    return national
