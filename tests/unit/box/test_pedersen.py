"""A key made by several trustees: it works, and every twin of what is said on the way is refused."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from tests import box_oracle as oracle
from tests.box_keys import (
    GROUPS,
    faults,
    made,
    refused,
    require_sound,
)

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.finite import RFC_3526_2048
from selectorate.box.groups import Group, random_scalar
from selectorate.box.v1 import messages, pedersen
from selectorate.box.v1.ceremony import Ceremony
from selectorate.box.v1.certificates import require_context
from selectorate.box.v1.channels import Channel, Seed
from selectorate.box.v1.messages import Voutput
from selectorate.box.v1.threshold import ThresholdParameters
from selectorate.box.v1.trustees import (
    Single,
    election_key,
    make_key,
    read_trustees,
    trustees_text,
)
from selectorate.errors import ContributionError, ProtocolError

# --- it works ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "threshold", "size"),
    [(ED25519, 1, 2), (ED25519, 2, 3), (ED25519, 3, 5), (ED25519, 4, 5), (RFC_3526_2048, 2, 3)],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_any_that_suffice_open_what_is_encrypted(group: Group, threshold: int, size: int) -> None:
    """With a mandatory trustee before and one after: all that take part raise to the right exponents."""
    key = made(group, threshold, size)
    pairs = [make_key(group) for _ in range(2)]
    items = [Single(pairs[0][1]), key.parameters(), Single(pairs[1][1])]
    assert faults(group, items) == []
    trustees = read_trustees(trustees_text(items), group)
    privates = {1: pairs[0][0], size + 2: pairs[1][0]}
    for index, (channel, voutput) in enumerate(zip(key.channels, key.voutputs, strict=True), start=1):
        public_key = trustees.keys[index].public_key
        privates[index + 1] = pedersen.decryption_key(channel, voutput["private_key"], public_key)
    r = random_scalar(group)
    alpha, want = group.power_g(r), group.power(election_key(trustees), r)
    for several in itertools.combinations(range(2, size + 2), threshold):
        exponents = trustees.exponents([size + 2, *several, 1])
        assert set(exponents) == {1, size + 2, *several}
        product = group.identity
        for owner, exponent in exponents.items():
            factor = group.power(alpha, privates[owner].exponent)
            product = group.multiply(product, group.power(factor, exponent))
        assert product == want
        assert trustees.enough([1, size + 2, *several])
        fewer = [1, size + 2, *several[1:]]
        assert not trustees.enough(fewer)
        with pytest.raises(ProtocolError, match=f"still needed: 1 of trustees|still needed: trustee {several[0]}"):
            trustees.exponents(fewer)
    assert set(trustees.exponents(range(1, size + 3))) == {1, size + 2, *range(2, threshold + 2)}


def test_who_is_still_needed_is_said() -> None:
    key = made(threshold=2, size=3)
    trustees = read_trustees(trustees_text([Single(make_key(ED25519)[1]), key.parameters()]), ED25519)
    assert [str(missing) for missing in trustees.missing([])] == ["trustee 1", "2 of trustees 2, 3 and 4"]
    assert [str(missing) for missing in trustees.missing([1, 3])] == ["1 of trustees 2 and 4"]
    assert [str(missing) for missing in trustees.missing([1, 3, 4])] == []
    assert [trustees.mandatory(number) for number in (1, 2, 3, 4)] == [True, False, False, False]


@GROUPS
def test_what_is_read_is_what_was_made(group: Group) -> None:
    key = made(group)
    raw = {
        messages.read_polynomial: key.polynomials[0],
        messages.read_vinput: key.vinput(1),
        messages.read_voutput: key.voutputs[0],
    }
    for read, value in raw.items():
        assert read(canonical.dumps(value).encode() + b"\n", group) == value
    certificate = key.certificates[0]
    assert messages.read_certificate(canonical.dumps(certificate.signed).encode(), group) == certificate


@pytest.mark.parametrize(("threshold", "size"), [(0, 3), (4, 3), (3, 3), (1, 1), (0, 0), (0, 1), (-1, 3), (2, 256)])
def test_no_key_is_shared_so(threshold: int, size: int) -> None:
    channel = Channel.of(ED25519, Seed.generate())
    for ask in (
        lambda: require_context(threshold, size),
        lambda: Ceremony(ED25519, threshold, size),
        lambda: pedersen.make_certificate(channel, index=1, threshold=threshold, size=size),
    ):
        with pytest.raises(ProtocolError) as caught:
            ask()
        assert caught.value.check == "keys.context"


@pytest.mark.parametrize("index", [0, 4, -1])
def test_no_trustee_has_this_number(index: int) -> None:
    channel = Channel.of(ED25519, Seed.generate())
    with pytest.raises(ProtocolError, match="there is no trustee"):
        pedersen.make_certificate(channel, index=index, threshold=2, size=3)


@pytest.mark.parametrize(("index", "threshold", "size"), [(1, 0, 3), (1, 3, 3), (1, 4, 3), (4, 2, 3), (1, 1, 1)])
def test_a_certificate_of_a_key_that_cannot_be_is_refused(index: int, threshold: int, size: int) -> None:
    """Signed rightly, by a program that does not ask."""
    key = made()
    context = {"group": "Ed25519", "size": size, "threshold": threshold, "index": index}
    said = {
        "context": context,
        "verification": key.channels[0].verification_key,
        "encryption": key.channels[0].encryption_key,
    }
    signed = key.channels[0].sign(canonical.dumps(said))
    with pytest.raises(ProtocolError):
        certificate = messages.read_certificate(canonical.dumps(signed).encode(), ED25519)
        pedersen.require_certificate(key.pool, certificate, index=index, threshold=threshold, size=size)
    parameters = copy.deepcopy(key.parameters().content)
    parameters["certs"][0] = signed
    parameters["threshold"] = threshold
    with pytest.raises(ProtocolError):
        require_sound(ED25519, parameters)


# --- tampered twins: every field of every structure -------------------------------------------------------


def twins(value: Any, others: Sequence[Any] = ()) -> Iterator[tuple[str, Any]]:
    """Every single change of a JSON value: a leaf, an item left out, doubled or exchanged; inside nested JSON, too."""
    match value:
        case dict():
            for name, held in value.items():
                yield f"without {name}", {other: value[other] for other in value if other != name}
                for place, twin in twins(held):
                    yield f"{name}.{place}", {**value, name: twin}
            yield "more", {**value, "more": 1}
        case list():
            for number, held in enumerate(value):
                yield f"without [{number}]", value[:number] + value[number + 1 :]
                for place, twin in twins(held):
                    yield f"[{number}].{place}", [*value[:number], twin, *value[number + 1 :]]
            yield "doubled", [*value, value[-1]]
            if len(value) > 1:
                yield "exchanged", [value[1], value[0], *value[2:]]
        case str() if value.startswith("{"):
            for place, twin in twins(json.loads(value)):
                yield f"({place})", canonical.dumps(twin)
            yield "(spaced)", value.replace(",", ", ", 1)
            yield "(empty)", ""
        case str():
            yield from leaf_twins(value)
        case int():
            yield "more", value + 1
            yield "less", value - 1
            yield "text", str(value)


def leaf_twins(value: str) -> Iterator[tuple[str, Any]]:
    yield "other", value[:-1] + ("1" if value[-1] != "1" else "2")
    yield "longer", value + "0"
    yield "upper", value.upper() if value.upper() != value else value + " "
    yield "number", 1
    if len(value) == 64:
        yield "identity", ED25519.identity
        yield "generator", ED25519.generator
        point = oracle.decode(value)
        if point is not None:
            yield "tainted", oracle.encode(oracle.add(point, oracle.SMALL[1]))
    elif value.isdigit():
        yield "not reduced", str(int(value) + ED25519.q)


def test_every_twin_of_a_certificate_is_refused() -> None:
    key = made()
    tried = 0
    for place, twin in twins(key.certificates[1].signed):
        tried += 1
        with pytest.raises(ProtocolError):
            certificate = messages.read_certificate(canonical.dumps(twin).encode(), ED25519)
            certificates = [key.certificates[0], certificate, key.certificates[2]]
            pedersen.require_certificates(key.pool, certificates)
            pytest.fail(place)
    assert tried > 40


def test_every_twin_of_threshold_parameters_is_refused() -> None:
    key = made()
    content = key.parameters().content
    require_sound(ED25519, content)
    tried = 0
    for place, twin in twins(content):
        tried += 1
        with pytest.raises(ProtocolError) as caught:
            require_sound(ED25519, twin)
            pytest.fail(place)
        assert caught.value.check == "setup.trustees"
    assert tried > 300


def test_every_twin_of_a_polynomial_is_refused_by_the_server_or_by_whom_it_is_for() -> None:
    key = made()
    tried = 0
    for place, twin in twins(key.polynomials[1]):
        tried += 1
        with pytest.raises(ProtocolError) as caught:
            polynomial = messages.read_polynomial(canonical.dumps(twin).encode(), ED25519)
            pedersen.require_polynomial(key.pool, ED25519, key.certificates, 2, polynomial)
            key.polynomials[1] = polynomial
            for index in (1, 2, 3):
                key.voutput(index)
            pytest.fail(place)
        if isinstance(caught.value, ContributionError):
            assert caught.value.trustee == 2
            assert "trustee 2" in caught.value.message
        else:
            assert caught.value.check == "keys.polynomial"
        key.polynomials[1] = made().polynomials[1]
    assert tried > 100


def test_every_twin_of_a_vinput_is_refused() -> None:
    key = made()
    tried = 0
    for place, twin in twins(key.vinput(2)):
        tried += 1
        with pytest.raises(ProtocolError):
            key.voutput(2, vinput=messages.read_vinput(canonical.dumps(twin).encode(), ED25519))
            pytest.fail(place)
    assert tried > 200


def test_every_twin_of_a_voutput_is_refused_by_the_server_or_by_whom_it_is_of() -> None:
    key = made()
    tried = 0
    for place, twin in twins(key.voutputs[1]):
        tried += 1
        with pytest.raises(ProtocolError) as caught:
            voutput = messages.read_voutput(canonical.dumps(twin).encode(), ED25519)
            pedersen.require_voutput(key.pool, ED25519, key.certificates, key.polynomials, 2, voutput)
            public_key = voutput["public_key"]["public_key"]
            pedersen.decryption_key(key.channels[1], voutput["private_key"], public_key)
            pytest.fail(place)
        assert not isinstance(caught.value, ContributionError) or caught.value.trustee == 2
    assert tried > 30


# --- the structure with a threshold key in it --------------------------------------------------------------


def test_the_same_trustees_twice_are_refused() -> None:
    parameters = made().parameters()
    found = faults(ED25519, [parameters, parameters])
    assert {check for check, _ in found} == {"setup.trustees"}
    assert ("setup.trustees", "the key of trustee 4 is the same as the key of trustee 1") in found


def test_a_share_is_nobodys_single_key() -> None:
    key = made()
    parameters = key.parameters()
    share = key.voutputs[0]["public_key"]
    single = Single({"pok": share["pok"], "public_key": share["public_key"]})
    assert faults(ED25519, [parameters, single]) == [
        ("setup.trustees", "the key of trustee 4 is the same as the key of trustee 1")
    ]


def test_faults_name_trustees_as_they_are_counted_over_all_items() -> None:
    key = made()
    content = copy.deepcopy(key.parameters().content)
    content["verification_keys"][1]["pok"]["challenge"] = "1"
    items = [Single(make_key(ED25519)[1]), ThresholdParameters.of(content)]
    want = "the proof of possession of the key of trustee 3 does not hold"
    assert faults(ED25519, items) == [("setup.trustees", want)]


def test_a_key_that_the_coefficients_do_not_make_is_refused() -> None:
    """Trustee 2 publishes a key of his own instead of his share, proven and signed."""
    key = made()
    content = copy.deepcopy(key.parameters().content)
    _, own = make_key(ED25519)
    signature = key.channels[1].sign(own["public_key"])["signature"]
    content["verification_keys"][1] = {"pok": own["pok"], "public_key": own["public_key"], "signature": signature}
    want = "the key of trustee 2 is not the one that the coefficients make"
    assert faults(ED25519, [ThresholdParameters.of(content)]) == [("setup.trustees", want)]
    voutput: Voutput = {**key.voutputs[1], "public_key": content["verification_keys"][1]}
    act = lambda: pedersen.require_voutput(key.pool, ED25519, key.certificates, key.polynomials, 2, voutput)  # noqa: E731
    assert refused(2, "keys.voutput", act) == want


def test_exchanged_keys_are_refused() -> None:
    content = copy.deepcopy(made().parameters().content)
    for name in ("certs", "coefexps", "signatures", "verification_keys"):
        twin: Any = copy.deepcopy(content)
        twin[name][0], twin[name][1] = twin[name][1], twin[name][0]
        assert faults(ED25519, [ThresholdParameters.of(twin)]), name
