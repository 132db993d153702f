"""The addresses of the ceremony in which trustees make the common key of a contest's boxes."""

from __future__ import annotations

from typing import Any

from django.urls import path

from .pages import ceremony

OFFICE = "contests/<slug:contest>/office/ceremony/"

patterns: list[Any] = [
    path(OFFICE, ceremony.ceremony_page, name="ceremony"),
    path(f"{OFFICE}name/", ceremony.name, name="ceremony-name"),
    path(f"{OFFICE}<int:number>/end/", ceremony.end, name="ceremony-end"),
    path(f"{OFFICE}again/", ceremony.again, name="ceremony-again"),
    path(f"{OFFICE}code/", ceremony.code, name="ceremony-code"),
    path(f"{OFFICE}give/", ceremony.give, name="ceremony-give"),
    path("contests/<slug:contest>/ceremony/<str:name>", ceremony.file, name="ceremony-file"),
]
