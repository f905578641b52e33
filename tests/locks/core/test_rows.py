"""The ids, digests and text in rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locks.core.reading import Proof, Reading
from locks.core.rows import bytes_of, id_of, lane_of, proof_digest, text_of


def reading(key: bytes = b"k", **fields) -> Reading:
    return Reading(
        **{"key": key, "name": key, "client": "x", "confidence": "certain", "proof": Proof("string", b"v"), **fields}
    )


@given(st.binary(max_size=60))
def test_text_comes_back_as_the_same_bytes(raw):
    assert bytes_of(text_of(raw)) == raw


@pytest.mark.parametrize("bad", [{}, {"b64": "?"}, {"b65": ""}])
def test_text_that_was_never_made_is_refused(bad):
    with pytest.raises(ValueError, match=r"."):
        bytes_of(bad)


def test_ids_tell_holders_apart_and_lanes_keys():
    ids = [
        id_of(reading(holder_id=b"a")),
        id_of(reading(holder_id=b"b")),
        id_of(reading(holder_id=b"a", mode="read")),
        id_of(reading(b"other", holder_id=b"a")),
        id_of(reading(proof=Proof("hash", b"v", b"f"))),
        id_of(reading(proof=Proof("hash", b"v", b"g"))),
        id_of(reading()),
    ]
    assert len(set(ids)) == len(ids)
    assert all(len(found) == 16 for found in ids)
    assert id_of(reading(holder_id=b"a", ttl_ms=5)) == ids[0], "what changes while it is held is not part of it"
    assert lane_of(b"k") != lane_of(b"other")


def test_a_digest_names_exactly_one_proof():
    proofs = [Proof("string", b"ab"), Proof("hash", b"ab"), Proof("hash", b"b", b"a"), Proof("zset", b"", b"ab")]
    assert len({proof_digest(proof) for proof in proofs}) == len(proofs)
