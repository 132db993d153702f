"""Headings as membership systems write them, and which column of the roll each means: a guess that a clerk corrects."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from .columns import COLUMNS

_KNOWN: Mapping[str, str] = {
    "person": "person|person id|person key|personenschlüssel",
    "number": (
        "number|no|nr|id|member number|member no|membership number|membership no|membership id|member id|"
        "registration number|supporter number|mitgliedsnummer|mitglieds nr|mitgliedsnr|mitglied nr|"
        "numéro|numéro d adhérent|n adhérent|no adhérent|matricule"
    ),
    "name": "name|full name|member name|member|voter|nom complet|vollständiger name",
    "given": (
        "given|given name|given names|first name|firstname|forename|forenames|first names|christian name|vorname|"
        "vornamen|prénom|prénoms"
    ),
    "family": "family|family name|last name|lastname|surname|nachname|familienname|nom|nom de famille",
    "former": "former|former name|former family name|maiden name|birth name|née|geburtsname|nom de naissance",
    "born": (
        "born|date of birth|dob|birth date|birthdate|birthday|geburtsdatum|geboren|geb datum|date de naissance|né le"
    ),
    "email": "email|e mail|mail|email address|e mail address|mail address|e mail adresse|courriel|adresse email",
    "phone": "phone|telephone|mobile|phone number|telephone number|mobile number|telefon|handy|téléphone",
    "address": "address|postal address|street|street address|address line 1|anschrift|adresse|straße|strasse|rue",
    "postcode": "postcode|post code|postal code|zip|zip code|plz|postleitzahl|code postal",
    "unit": (
        "unit|branch|constituency|local party|association|clp|riding|ward|region|ortsverein|kreisverband|section|"
        "fédération"
    ),
    "capacity": "capacity|membership type|member type|type|category|status|mitgliedsart|mitgliedschaft|qualité",
    "body": "body|affiliate|affiliated body|affiliated organisation|union|society|organisation|gewerkschaft|syndicat",
    "spell": "spell",
    "joined": (
        "joined|date joined|join date|joining date|date of joining|member since|eintritt|eintrittsdatum|mitglied seit|"
        "date d adhésion|adhésion"
    ),
    "left": "left|date left|leaving date|date of leaving|end date|lapsed|austritt|austrittsdatum|date de départ",
    "registered": "registered|registration date|registered at|date registered|registered on|registriert|inscrit le",
    "suspended": "suspended|suspension|gesperrt|suspendiert|suspendu",
    "arrears": "arrears|in arrears|rückstand|beitragsrückstand|arriérés",
    "consented": "consented|consent|zugestimmt|einwilligung|consentement",
    "paid": "paid|fee paid|payment|bezahlt|payé",
    "citizen": "citizen|citizenship|staatsbürger|citoyen",
    "resident": "resident|residence|wohnhaft|résident",
    "source": "source|origin|recruited by|herkunft|origine",
}


def plain(heading: str) -> str:
    """A heading without what people write differently: case, accents of composition, dots, dashes, spaces."""
    text = unicodedata.normalize("NFC", heading).casefold()
    return re.sub(r"[\W_]+", " ", text).strip()


_MEANT: Mapping[str, str] = {plain(word): column for column, words in _KNOWN.items() for word in words.split("|")}
assert set(_KNOWN) == set(COLUMNS)


def meant(heading: str) -> str | None:
    """The column of the roll that a heading means, if it is one that we know."""
    return _MEANT.get(plain(heading))


def guessed(headings: Iterable[str]) -> dict[str, str]:
    """Columns of the roll and the heading of each: the first that means it."""
    found: dict[str, str] = {}
    for heading in headings:
        column = meant(heading)
        if column is not None and column not in found:
            found[column] = heading
    return found


def looks_like_headings(cells: Iterable[str]) -> bool:
    """Whether a row is one of headings: several texts, all different, none a number, a date or an address of mail."""
    texts = [cell.strip() for cell in cells if cell.strip()]
    if not texts or len({plain(text) for text in texts}) < len(texts):
        return False
    if any(re.search(r"\d{3}|@|^\W*\d", text) or len(text) > 60 for text in texts):
        return False
    return any(meant(text) for text in texts) or len(texts) >= 3
