"""Invented names, drawn by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

GIVEN = """
Ada Amara Anneke Arthur Asha Ben Bettina Brigid Callum Carys Chidi Clara Conor Dafydd Dilys Dominic Edith Efua
Eilidh Elis Esther Farah Fergus Fiona Gareth Grace Gwen Hamish Hana Harriet Hugh Ifor Imran Ines Iris Ivo
Jamal Jonas Kezia Kit Lena Leo Lowri Magnus Maeve Malik Marta Mina Moira Nadia Niall Nia Olaf Olwen Omar Orla
Otto Petra Priya Quentin Rhona Rhys Rosa Ruth Samir Saoirse Seren Silas Sorcha Tariq Tess Theo Una Vera Wanda
Yusuf Zara
""".split()
FAMILY = """
Abernethy Achterberg Adeyemi Alderson Ashdown Baird Balogun Barraclough Beckwith Birtwistle Blackwood Bowen
Bracegirdle Caddick Cairncross Calloway Chowdhury Coldwell Corrigan Cranmer Daventry Delacroix Dunmore
Eastlake Ellery Fairbrother Fanshawe Farrow Fenwick Gallacher Garside Goodfellow Greatorex Hallam Hargreave
Hathersage Iqbal Ironside Jessop Kilbride Kowalczyk Langstaff Lockwood Lovelace MacAulay Marlowe Mbeki
Merriweather Nightingale Oakeshott Okafor Pemberley Penhaligon Quayle Rackham Redfern Rowntree Sandringham
Satterthwaite Sewell Silverwood Tattersall Thackeray Tregenza Trelawney Underhill Vasquez Wainwright Whitcombe
Winterbourne Yarwood Zielinski
""".split()
PLACES = """
Ashbourne Barrow Hill
Calder Valley
Dunmere
East Holm
Fallowfield
Glenmore
Harrow Weald
Inverside
Jarrow Bridge
Kingsmead
Langdale
Marshwood
Northgate
Oldcastle
Penrose
Queensferry
Riverside
Stonebridge
Thornbury
Upper Wharf
Vale of Arden
Westmoor
Yarrowdale
""".strip().splitlines()


def people(seed: int) -> Iterator[str]:
    """Names of people, each once, always the same for a seed."""
    drawn = [f"{given} {family}" for given in GIVEN for family in FAMILY]
    random.Random(seed).shuffle(drawn)
    yield from drawn
