"""A threshold key in the making, as the server keeps it: who has given what, and what is shown to whom when.

The protocol has no round in which trustees commit themselves before they see one another's coefficients, so that the
last one could choose his to give the common key a form of his liking (he would not learn the key). Here each first
gives the hash of his signed coefficients. Nobody's coefficients are taken, and so none can be shown, until all hashes
are there; what does not match its hash is refused. Hashes are no message of the protocol: nothing of them is published
in an archive, and a trustee whose program knows nothing of them can take part if somebody hashes what it made.

Nothing that was given is ever replaced: a trustee who lost what he had, or gave something wrong on purpose, is a reason
to begin again with new certificates.

Source: Belenios specification 3.1, section 3.1.1, for all but the hashes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias, TypeVar

from ...errors import ContributionError, ProtocolError
from ..groups import Group
from ..public import Pool
from ..shapes import HASH
from . import pedersen
from .certificates import Certificate, require_context
from .messages import Polynomial, Vinput, Voutput
from .threshold import ThresholdParameters

__all__ = ["Ceremony", "Step"]

Step: TypeAlias = Literal["certificates", "commitments", "polynomials", "voutputs", "done"]
"""What trustees are asked for, in this order."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Ceremony:
    """What has been given so far, by number of trustee. A value: each step makes a new one."""

    group: Group
    threshold: int
    size: int
    certificates: dict[int, Certificate] = field(default_factory=dict, repr=False)
    commitments: dict[int, str] = field(default_factory=dict)
    polynomials: dict[int, Polynomial] = field(default_factory=dict, repr=False)
    voutputs: dict[int, Voutput] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        require_context(self.threshold, self.size)

    # --- what is asked for -------------------------------------------------------------------------------

    @property
    def step(self) -> Step:
        """What trustees are asked for now."""
        if len(self.certificates) < self.size:
            return "certificates"
        if len(self.commitments) < self.size:
            return "commitments"
        if len(self.polynomials) < self.size:
            return "polynomials"
        return "voutputs" if len(self.voutputs) < self.size else "done"

    @property
    def waiting(self) -> tuple[int, ...]:
        """Who has not yet given what is asked for now."""
        given: dict[Step, dict[int, object]] = {
            "certificates": {**self.certificates},
            "commitments": {**self.commitments},
            "polynomials": {**self.polynomials},
            "voutputs": {**self.voutputs},
        }
        there = given.get(self.step)
        return () if there is None else tuple(index for index in self._indices if index not in there)

    @property
    def _indices(self) -> range:
        return range(1, self.size + 1)

    # --- what trustees give ------------------------------------------------------------------------------

    def with_certificate(self, pool: Pool, index: int, certificate: Certificate) -> Ceremony:
        """Step 1. Raises ContributionError unless it is sound and its keys are nobody else's."""
        self._require_turn("certificates", index, self.certificates)
        pedersen.require_certificate(pool, certificate, index=index, threshold=self.threshold, size=self.size)
        taken = {key for other in self.certificates.values() for key in (other.verification, other.encryption)}
        if taken & {certificate.verification, certificate.encryption}:
            raise ContributionError(
                f"a key of trustee {index} is that of another trustee", trustee=index, check="keys.certificate"
            )
        given = {**self.certificates, index: certificate}
        if len(given) == self.size:
            pedersen.require_certificates(pool, _in_order(given))
        return replace(self, certificates=given)

    def with_commitment(self, index: int, hashed: str) -> Ceremony:
        """Between steps 2 and 3: the hash of the coefficients that trustee ``index`` is going to give."""
        self._require_turn("commitments", index, self.commitments)
        for fault in HASH.faults(hashed, f"what trustee {index} gives"):
            raise ContributionError(fault, trustee=index, check="keys.commitment")
        if hashed in self.commitments.values():
            raise ContributionError(
                f"the hash of trustee {index} is that of another trustee", trustee=index, check="keys.commitment"
            )
        return replace(self, commitments={**self.commitments, index: hashed})

    def with_polynomial(self, pool: Pool, index: int, polynomial: Polynomial) -> Ceremony:
        """Step 3. Raises ContributionError unless it is sound and its coefficients are those of the hash."""
        self._require_turn("polynomials", index, self.polynomials)
        pedersen.require_polynomial(pool, self.group, self.shown_certificates(), index, polynomial)
        if pedersen.commitment(polynomial["coefexps"]) != self.commitments[index]:
            raise ContributionError(
                f"the coefficients of trustee {index} are not those of his hash", trustee=index, check="keys.commitment"
            )
        return replace(self, polynomials={**self.polynomials, index: polynomial})

    def with_voutput(self, pool: Pool, index: int, voutput: Voutput) -> Ceremony:
        """Step 5. Raises ContributionError unless it is the share that the polynomials make."""
        self._require_turn("voutputs", index, self.voutputs)
        polynomials = _in_order(self.polynomials)
        pedersen.require_voutput(pool, self.group, self.shown_certificates(), polynomials, index, voutput)
        return replace(self, voutputs={**self.voutputs, index: voutput})

    def _require_turn(self, step: Step, index: int, given: dict[int, _T]) -> None:
        """Raise ProtocolError (``keys.order``) unless trustee ``index`` is asked for this now."""
        if index not in self._indices:
            raise ProtocolError(f"there is no trustee {index} of {self.size}", check="keys.order")
        if self.step != step:
            raise ProtocolError(f"this is not the time for {step}, but for {self.step}", check="keys.order")
        if index in given:
            raise ProtocolError(f"trustee {index} has given this already", check="keys.order")

    # --- what trustees are shown -------------------------------------------------------------------------

    def shown_certificates(self) -> tuple[Certificate, ...]:
        """All certificates, once they are there."""
        self._require_past("certificates")
        return _in_order(self.certificates)

    def shown_commitments(self) -> tuple[str, ...]:
        """All hashes, once they are there; each trustee keeps them until step 5."""
        self._require_past("certificates", "commitments")
        return _in_order(self.commitments)

    def vinput(self, index: int) -> Vinput:
        """Step 4: what trustee ``index`` is shown of all polynomials, once they are there."""
        self._require_past("certificates", "commitments", "polynomials")
        if index not in self._indices:
            raise ProtocolError(f"there is no trustee {index} of {self.size}", check="keys.order")
        return pedersen.make_vinput(_in_order(self.polynomials), index)

    def parameters(self, pool: Pool) -> ThresholdParameters:
        """Step 6: what is published, once all shares are there."""
        self._require_past("certificates", "commitments", "polynomials", "voutputs")
        return pedersen.assemble(
            pool, self.group, self.shown_certificates(), _in_order(self.polynomials), _in_order(self.voutputs)
        )

    def _require_past(self, *steps: Step) -> None:
        """Raise ProtocolError (``keys.order``) unless all of ``steps`` are done."""
        if self.step in steps:
            still = ", ".join(map(str, self.waiting))
            raise ProtocolError(f"the {self.step} of trustees {still} are not there yet", check="keys.order")


def _in_order(given: dict[int, _T]) -> tuple[_T, ...]:
    return tuple(given[index] for index in sorted(given))
