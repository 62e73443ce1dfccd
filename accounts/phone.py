"""Telephone numbers: what somebody typed or a telephone system sent, made into one form."""

import re

import phonenumbers

SCOPED = re.compile(r"\d+:")  # before what a network calls somebody within one account only
REGION = "NL"
NATIONAL = 10  # digits of a Dutch number with its 0; without it an exchange writes the country first


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


def received(sent: str) -> str | None:
    """Give the number in E.164 as a telephone exchange writes it: 31612345678, 0612345678, sip:+31612345678@host.

    None when it is a telephone in the house, or no number at all: an anonymous caller.
    """
    text = sent.strip().removeprefix("sip:").removeprefix("tel:").split("@")[0].strip()
    if text.isascii() and text.isdigit() and len(text) >= NATIONAL and not text.startswith("0"):
        return normalise(f"+{text}") or normalise(text)
    return normalise(text)


def known_as(party: str) -> str:
    """Give a number, address or name on a network as people read it; nothing for a number that only a network knows."""
    if SCOPED.match(party):
        return ""
    return display(party) if party.startswith("+") else party


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
