"""The addresses of the demonstration's own pages."""

from __future__ import annotations

from django.urls import path

from .pages import demo

patterns = [
    path("demo/", demo.people, name="demo-people"),
    path("demo/sign-in/<int:user>/", demo.sign_in_as, name="demo-sign-in"),
    path("demo/outbox/", demo.outbox, name="demo-outbox"),
]
