"""A trustee's part of the common key, step by step, on the trustee's own machine.

Each step can be interrupted and done again: what was made is written beside the key before it is handed in, and is
handed in again if that failed. What was shown once is remembered and held against what is shown later.

Beside ``anna.key`` (the share, written in the last step): ``anna.trustee.json`` (what is remembered, and the code),
``anna.N.seed.key`` (the seed of attempt N), ``anna.N.certificate.json``, ``anna.N.polynomial.json``,
``anna.N.voutput.json`` (what was handed in, or is to be).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..box.canonical import dumps
from ..box.ed25519 import ED25519
from ..box.keyfile import KeyFile, write_key_file
from ..box.pools import new_pool
from ..box.public import Pool
from ..box.v1 import pedersen, rehearsal
from ..box.v1.certificates import Certificate
from ..box.v1.channels import Channel, Seed
from ..box.v1.hashes import hex_hash
from ..box.v1.messages import read_certificate, read_polynomial, read_vinput
from ..box.v1.threshold import ThresholdParameters
from ..box.v1.trustees import read_trustees, trustee_faults
from ..errors import ContributionError, InputError, ProtocolError, SelectorateError, Where
from .keys import SEED, TRUSTEE_KEY, channel_of, least_of, private_of, public_of
from .saving import save
from .site import Site
from .trustee_office import Network, Office
from .trustee_state import CeremonySeen, Memory, memory_path, read_memory, write_memory

__all__ = ["Desk", "Passphrase", "join", "join_by_file"]

Passphrase = Callable[[bool], str]
"""Asks for the passphrase; with True for a new one, which is asked for twice."""
GROUP = ED25519


def _pool() -> Pool:
    return new_pool(GROUP, "libsodium")


def join(address: str, slug: str, code: str, key: Path, *, least: int = 0) -> str:
    """Join the ceremony of a contest with the code from its page; what is to be said of it.

    Joining again with a new code keeps all that is there. ``least``: the fewest ballots that the key will open, if more
    than the contest asks for.
    """
    office = Network(Site(address.rstrip("/"), code.strip()), slug)
    number, name = office.me()
    return _joined(office.state(), key, number, name, address.rstrip("/"), code.strip(), least)


def join_by_file(office: Office, number: int, key: Path, *, least: int = 0) -> str:
    """The same for a machine without a network: from the state of the ceremony in a file."""
    seen = office.state()
    return _joined(seen, key, number, seen.names([number]), "", "", least)


def _joined(seen: CeremonySeen, key: Path, number: int, name: str, address: str, code: str, least: int) -> str:
    if not 1 <= number <= seen.size:
        raise InputError(f"there is no trustee {number} of {seen.size}")
    if memory_path(key).exists():
        memory = read_memory(key)
        if memory.contest != seen.contest.uuid or memory.number != number:
            raise InputError(
                "this key is of another contest, or of another trustee",
                where=Where(str(memory_path(key))),
                hint="Each contest has keys of its own: give another name to --out.",
            )
        memory = memory.model_copy(update={"address": address, "token": code, "slug": seen.contest.slug})
    elif key.exists():
        raise InputError("this key file is there already; a secret is never written over", where=Where(str(key)))
    else:
        memory = Memory(
            address=address,
            token=code,
            slug=seen.contest.slug,
            contest=seen.contest.uuid,
            title=seen.contest.title,
            number=number,
            threshold=seen.threshold,
            size=seen.size,
            least=max(least, seen.least),
            attempt=seen.attempt,
        )
    write_memory(key, memory)
    return (
        f"You are {name}, trustee {number} of {seen.size} of “{seen.contest.title}”; {seen.threshold} suffice. "
        f"Your key will open no box with fewer than {memory.least:,} ballots."
    )


@dataclass
class Desk:
    """A trustee at work with the key file ``key``, which need not be there yet. ``office``: the way to the office."""

    key: Path
    office: Office
    memory: Memory

    @classmethod
    def at(cls, key: Path, office: Office | None = None) -> Desk:
        """The desk of somebody who has joined. Raises InputError if nobody has with this key."""
        memory = read_memory(key)
        if office is None:
            if not memory.address:
                raise InputError("this key was joined by files", hint="Give --from and --out.")
            office = Network(Site(memory.address, memory.token), memory.slug)
        return cls(key, office, memory)

    # --- where it stands ---------------------------------------------------------------------------------

    def seen(self) -> CeremonySeen:
        """What the office says now. Raises ProtocolError if it is another contest, or other than what was joined."""
        seen, memory = self.office.state(), self.memory
        if seen.contest.uuid != memory.contest:
            raise ProtocolError("the office speaks of another contest than the one of this key", check="ceremony.state")
        if (seen.threshold, seen.size) != (memory.threshold, memory.size):
            raise ProtocolError(
                f"when you joined, {memory.threshold} of {memory.size} trustees sufficed; now the office says "
                f"{seen.threshold} of {seen.size}",
                check="ceremony.state",
                hint="Ask the returning officer. To take part on these terms, join with a new key.",
            )
        if seen.attempt < memory.attempt:
            raise ProtocolError("the office has gone back to an earlier attempt", check="ceremony.state")
        return seen

    def asked(self, seen: CeremonySeen) -> str:
        """What this trustee is asked for now: a step, ``test``, or nothing."""
        if seen.step == "done":
            tested = {one.number for one in seen.trustees if one.tested}
            return "" if self.memory.number in tested else "test"
        return seen.step if self.memory.number in seen.waiting else ""

    def next(self, ask: Passphrase) -> str:
        """Do what is asked for now; says what was done, or of whom is waited."""
        seen = self.seen()
        self._begun_again(seen)
        asked = self.asked(seen)
        match asked:
            case "certificates":
                return self._certificate(seen, ask)
            case "commitments":
                return self._commitment(seen, ask)
            case "polynomials":
                return self._polynomial(seen)
            case "voutputs":
                return self._share(seen, ask)
            case "test":
                return self.test(ask, seen)
        if seen.step == "done":
            return "The key is made, and you have decrypted the test. Keep your key file and its passphrase."
        return f"You have given what is asked for now. It is waited for {seen.names(seen.waiting)}."

    def _path(self, ending: str) -> Path:
        stem = self.key.name.removesuffix(".key")
        return self.key.with_name(f"{stem}.{self.memory.attempt}.{ending}")

    def remember(self, **more: object) -> None:
        """Remember ``more``, by the names that ``Memory`` has."""
        self.memory = self.memory.model_copy(update=more)
        write_memory(self.key, self.memory)

    def _begun_again(self, seen: CeremonySeen) -> None:
        """Go over to a new attempt: everything is made anew, and what was made is put aside, not away."""
        if seen.attempt == self.memory.attempt:
            return
        if self.memory.heads:
            raise ProtocolError(
                "the office begins the key again though a box was open under it", check="ceremony.state"
            )
        if self.key.exists():
            self.key.rename(self._path("old.key"))
        self.remember(attempt=seen.attempt, certificates=[], commitments=[], trustees="", boxes=[])

    # --- the steps ---------------------------------------------------------------------------------------

    def _certificate(self, seen: CeremonySeen, ask: Passphrase) -> str:
        memory, path = self.memory, self._path("seed.key")
        certificate = self._path("certificate.json")
        if not certificate.exists():
            if path.exists():
                channel, _ = channel_of(path, ask(False))
            else:
                seed = Seed.generate()
                channel = Channel.of(GROUP, seed)
                about = {
                    "group": GROUP.name,
                    "index": memory.number,
                    "of": memory.size,
                    "threshold": memory.threshold,
                    "least": memory.least,
                    "contest": memory.contest,
                }
                secret = {"seed": seed.text, "least": memory.least, "contest": memory.contest}
                write_key_file(path, KeyFile(SEED, about, secret), ask(True))
            made = pedersen.make_certificate(channel, index=memory.number, threshold=memory.threshold, size=memory.size)
            save(certificate, dumps(made.signed).encode("utf-8") + b"\n")
        self.office.give("certificates", certificate.read_bytes())
        return f"Your secret is drawn, in {path.name}, which only you may have; your certificate is handed in."

    def _certificates(self, seen: CeremonySeen) -> list[Certificate]:
        """The certificates of all, checked; this trustee's own among them, and none changed since they were shown."""
        if len(seen.certificates) != self.memory.size:
            raise ProtocolError("the office does not show the certificates of all", check="ceremony.state")
        if self.memory.certificates and seen.certificates != self.memory.certificates:
            raise ProtocolError(
                "the office shows other certificates than before",
                check="ceremony.state",
                hint="Nothing was handed in. Tell the other trustees.",
            )
        own = self._path("certificate.json").read_bytes().removesuffix(b"\n").decode("utf-8")
        if seen.certificates[self.memory.number - 1] != own:
            raise ProtocolError(
                "the office shows another certificate in your place than the one that you gave", check="ceremony.state"
            )
        read = [read_certificate(text.encode("utf-8"), GROUP) for text in seen.certificates]
        pedersen.require_certificates(_pool(), read)
        if (read[0].threshold, len(read)) != (self.memory.threshold, self.memory.size):
            raise ProtocolError("the certificates are for another number of trustees", check="ceremony.state")
        return read

    def _commitment(self, seen: CeremonySeen, ask: Passphrase) -> str:
        path = self._path("polynomial.json")
        certificates = self._certificates(seen)
        if not path.exists():
            channel, _ = channel_of(self._path("seed.key"), ask(False))
            self.remember(certificates=list(seen.certificates))
            made = pedersen.make_polynomial(_pool(), channel, certificates)
            save(path, dumps(made).encode("utf-8") + b"\n")
        self.office.give("commitments", self._hash().encode("ascii"))
        return "All certificates are in order. Your part of the key is drawn, and its hash is handed in."

    def _hash(self) -> str:
        """The hash of this trustee's part."""
        path = self._path("polynomial.json")
        try:
            return pedersen.commitment(read_polynomial(path.read_bytes(), GROUP)["coefexps"])
        except FileNotFoundError:
            raise InputError(
                "your part of the key is gone", where=Where(str(path)), hint="Ask for the ceremony to begin again."
            ) from None

    def _commitments(self, seen: CeremonySeen) -> list[str]:
        """The hashes of all, this trustee's own among them, and none changed since they were shown."""
        shown = list(seen.commitments)
        if len(shown) != self.memory.size or len(set(shown)) != len(shown):
            raise ProtocolError("the office does not show the hashes of all", check="ceremony.state")
        if shown[self.memory.number - 1] != self._hash():
            raise ProtocolError(
                "the office shows another hash in your place than the one that you gave", check="ceremony.state"
            )
        if self.memory.commitments and shown != self.memory.commitments:
            raise ProtocolError(
                "the office shows other hashes than before",
                check="keys.commitment",
                hint="Somebody may have changed their part after seeing the others'. Tell the other trustees.",
            )
        return shown

    def _polynomial(self, seen: CeremonySeen) -> str:
        self._certificates(seen)
        self.remember(commitments=self._commitments(seen))
        self.office.give("polynomials", self._path("polynomial.json").read_bytes())
        return "The hashes of all are there. Your part is handed in, with a sealed piece for each of the others."

    def _share(self, seen: CeremonySeen, ask: Passphrase) -> str:
        certificates, hashes = self._certificates(seen), self._commitments(seen)
        if not self.memory.commitments:
            raise ProtocolError("the hashes were not shown before the parts were asked for", check="keys.commitment")
        path = self._path("voutput.json")
        if not path.exists():
            passphrase = ask(False)
            channel, held = channel_of(self._path("seed.key"), passphrase)
            if len(seen.vinputs) != self.memory.size:
                raise ProtocolError("the office does not show what the others sealed for you", check="ceremony.state")
            try:
                vinput = read_vinput(seen.vinputs[self.memory.number - 1].encode("utf-8"), GROUP)
                made = pedersen.make_voutput(_pool(), channel, certificates, vinput, hashes)
            except ContributionError as fault:
                self._complain(fault)
                raise
            public = made["public_key"]["public_key"]
            private = pedersen.decryption_key(channel, made["private_key"], public)
            least = least_of(held, self._path("seed.key"))
            about = {"group": GROUP.name, "public_key": public, "least": least, "contest": self.memory.contest}
            secret = {"private": str(private.exponent), "least": least, "contest": self.memory.contest}
            if not self.key.exists() or public_of(self.key) != public:
                write_key_file(self.key, KeyFile(TRUSTEE_KEY, about, secret), passphrase)
            save(path, dumps(made).encode("utf-8") + b"\n")
        self.office.give("voutputs", path.read_bytes())
        return f"All parts are in order. Your share of the key is in {self.key.name}, which only you may have."

    def _complain(self, fault: ContributionError) -> None:
        """Tell the office, so that all know of whom; if that cannot be done, the message stays."""
        try:
            self.office.give("complaint", fault.message.encode("utf-8"))
        except SelectorateError:
            return

    # --- the finished key, and its test ------------------------------------------------------------------

    def finished(self, seen: CeremonySeen) -> str:
        """The public key of this trustee's share, in the finished key, which is checked whole.

        Raises ProtocolError if the key is not the one that this trustee took part in.
        """
        if seen.step != "done":
            raise ProtocolError("the key is not made yet", check="keys.order")
        raw, memory = seen.key.encode("utf-8"), self.memory
        if memory.trustees and hex_hash(raw) != memory.trustees:
            raise ProtocolError("the office shows another key than before", check="setup.trustees")
        trustees = read_trustees(raw, GROUP)
        for check, fault in trustee_faults(_pool(), trustees):
            raise ProtocolError(fault, check=check)
        (item,) = trustees.items if len(trustees.items) == 1 else (None,)
        if not isinstance(item, ThresholdParameters) or item.threshold != memory.threshold:
            raise ProtocolError("the key is not shared among the trustees as was said", check="setup.trustees")
        certificates = [dumps(one.signed) for one in item.certificates]
        if certificates != memory.certificates:
            raise ProtocolError("the key is not made by the trustees whom you were shown", check="setup.trustees")
        pedersen.require_commitments(item.content["coefexps"], memory.commitments)
        public = trustees.keys[memory.number - 1].public_key
        if public_of(self.key) != public:
            raise ProtocolError("the key does not have your share in its place", check="setup.trustees")
        if not memory.trustees:
            self.remember(trustees=hex_hash(raw))
        return public

    def private(self, public: str, ask: Passphrase) -> tuple[int, int]:
        """The private share, and the fewest ballots that it opens. Raises InputError if it is of another contest."""
        private, held = private_of(self.key, ask(False), public, GROUP)
        if held.get("contest") not in (None, self.memory.contest):
            raise InputError("this key was made for another contest", where=Where(str(self.key)))
        return private, least_of(held, self.key)

    def test(self, ask: Passphrase, seen: CeremonySeen | None = None) -> str:
        """Decrypt the test, which is made here from its text: nothing that the office hands over is decrypted."""
        seen = self.seen() if seen is None else seen
        public = self.finished(seen)
        mine = next((one for one in seen.tests if one.number == self.memory.number), None)
        if mine is None:
            raise ProtocolError("the office has no test for you", check=rehearsal.CHECK)
        text = rehearsal.rehearsal_text(
            contest=self.memory.contest,
            attempt=self.memory.attempt,
            trustee=self.memory.number,
            nonce=mine.nonce,
            public=public,
        )
        if mine.text != text or mine.alpha != rehearsal.alpha_of(GROUP, text):
            raise ProtocolError(
                "the test of the office is not made from its text",
                check=rehearsal.CHECK,
                hint="Nothing was decrypted. It may be part of a ballot: tell the other trustees and the scrutineers.",
            )
        private, _ = self.private(public, ask)
        answer = rehearsal.make_answer(GROUP, private, public, text)
        self.office.give("test", dumps(answer).encode("ascii") + b"\n")
        self.remember(boxes=sorted(set(self.memory.boxes) | {one.uuid for one in seen.boxes}))
        return "You have decrypted the test with your share of the key. Keep your key file and its passphrase."
