"""The addresses of the stages: motions and letters, nominations, candidates, papers, rounds, figures, declaring."""

from __future__ import annotations

from django.urls import path

from .pages import declaring, figures, letters, nominating, rounds, standing, waiting

PUBLIC, OFFICE = "contests/<slug:contest>/", "contests/<slug:contest>/office/"

patterns = [
    path(f"{PUBLIC}letters/<slug:stage>/", letters.letters, name="letters"),
    path(f"{PUBLIC}letters/<slug:stage>/mine/", letters.hand_in, name="letter-hand-in"),
    path(f"{PUBLIC}letters/<slug:stage>/kept/", letters.kept, name="letters-kept"),
    path(f"{OFFICE}letters/<slug:stage>/keeper/", letters.appoint_keeper, name="letter-keeper"),
    path(f"{PUBLIC}nominate/", nominating.nominate, name="nominate"),
    path(f"{PUBLIC}nominations/", nominating.board, name="nominations-board"),
    path(f"{OFFICE}nominations/<slug:stage>/", nominating.desk, name="nominations-desk"),
    path(f"{PUBLIC}candidate/<slug:candidate>/", standing.mine, name="candidate-entry"),
    path(f"{PUBLIC}candidates/<slug:candidate>/picture.jpg", standing.picture, name="candidate-picture"),
    path(f"{OFFICE}candidates/", standing.desk, name="candidates-desk"),
    path(f"{OFFICE}paper/<slug:stage>/", standing.preview, name="paper-preview"),
    path(f"{OFFICE}stages/<slug:stage>/", rounds.stage_desk, name="stage-desk"),
    path(f"{OFFICE}rounds/<slug:stage>/", rounds.desk, name="rounds-desk"),
    path(f"{PUBLIC}rounds/<slug:stage>/", rounds.public, name="rounds"),
    path(f"{OFFICE}figures/<slug:stage>/<int:number>/", figures.take_in, name="figures"),
    path(f"{OFFICE}figures/<slug:stage>/<int:number>/file/", figures.take_in_file, name="figures-file"),
    path(f"{OFFICE}declare/", declaring.declare, name="declare"),
    path(f"{OFFICE}after/", declaring.after, name="after-declaration"),
    path(f"{OFFICE}waiting/<int:proposal>/", waiting.decide, name="stage-proposal"),
]
"""The routes of this part, for ``urls``."""
