"""The two ways between a trustee's tool and the office: over the network, or by files that somebody carries."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..box.keyfile import write_private
from ..errors import InputError, ProtocolError, Where
from .site import OfficeError, Site
from .trustee_state import BoxSeen, CeremonySeen, read_seen

__all__ = ["Files", "Network", "Office"]


class Office(Protocol):
    """What a tool needs of an office."""

    def state(self) -> CeremonySeen:
        """The ceremony as it stands."""
        ...

    def give(self, step: str, content: bytes) -> None:
        """Hand in what is asked for. Raises OfficeError if it is not taken."""
        ...

    def archive(self, box: BoxSeen, to: Path) -> None:
        """Put the archive of a box into the file ``to``."""
        ...

    def add(self, box: BoxSeen, kind: str, content: bytes, after: str) -> None:
        """Hand in a ``shuffle`` or a ``decryption``, made when ``after`` was the hash of the last event."""
        ...


@dataclass(frozen=True)
class Network:
    """An office's site."""

    site: Site
    slug: str

    @property
    def _path(self) -> str:
        return f"/api/v1/contests/{self.slug}"

    def state(self) -> CeremonySeen:
        """The ceremony as it stands."""
        return read_seen(self.site.json(f"{self._path}/ceremony"))

    def me(self) -> tuple[int, str]:
        """Whose code this is: number and name."""
        said = self.site.json(f"{self._path}/ceremony/me")
        number, name = said.get("number"), said.get("name")
        if type(number) is not int or not isinstance(name, str):
            raise OfficeError("the office does not say whose code this is")
        return number, name

    def give(self, step: str, content: bytes) -> None:
        """Hand in what is asked for."""
        said = self.site.json(
            f"{self._path}/ceremony", send={"step": step, "content": content.decode("utf-8").removesuffix("\n")}
        )
        if said.get("taken") is not True:
            raise OfficeError(f"the office did not take it: {said.get('says')}")

    def archive(self, box: BoxSeen, to: Path) -> None:
        """Download the archive of a box."""
        self.site.download(box.archive, to)

    def add(self, box: BoxSeen, kind: str, content: bytes, after: str) -> None:
        """Hand in a shuffle or a decryption."""
        said = self.site.post(f"{self._path}/boxes/{box.uuid}/contributions/{kind}?after={after}", content)
        if said.get("taken") is not True:
            raise OfficeError(f"the office did not take it: {said.get('says')}")


@dataclass(frozen=True)
class Files:
    """Files: the ``state`` of the ceremony as it was downloaded, the ``out`` to be handed in, archives in a folder."""

    stated: Path
    out: Path
    archives: Path | None = None

    def state(self) -> CeremonySeen:
        """The ceremony as it stood when the file was downloaded."""
        try:
            return read_seen(json.loads(self.stated.read_bytes()))
        except (ValueError, RecursionError):
            raise InputError("this is not the state of a ceremony", where=Where(str(self.stated))) from None
        except ProtocolError as fault:
            raise InputError(fault.message, where=Where(str(self.stated))) from None

    def give(self, step: str, content: bytes) -> None:
        """Write what is to be handed in."""
        self._write(self.out, content)

    def archive(self, box: BoxSeen, to: Path) -> None:
        """Copy the archive of a box, which was downloaded as ``UUID.bel``."""
        if self.archives is None:
            raise InputError("there is no archive", hint="Give --archives, the folder with the boxes.")
        shutil.copyfile(self.archives / f"{box.uuid}.bel", to)

    def add(self, box: BoxSeen, kind: str, content: bytes, after: str) -> None:
        """Write a shuffle or a decryption, named after its box."""
        self._write(self.out.with_name(f"{box.uuid}.{kind}.json"), content)

    def _write(self, path: Path, content: bytes) -> None:
        write_private(path, content.rstrip(b"\n") + b"\n")
