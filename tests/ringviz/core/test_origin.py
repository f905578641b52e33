from ringviz.core.origin import VALUE_BYTES, origin_value


def test_a_value_is_its_keys_own_and_always_the_same():
    assert origin_value(b"user:1") == origin_value(b"user:1")
    assert origin_value(b"user:1") != origin_value(b"user:2")
    assert origin_value(b"user:1").startswith(b"0 ")


def test_versions_differ_and_have_the_same_length():
    values = {origin_value(b"user:1", version) for version in (0, 1, 10, 2**63)}
    assert {len(value) for value in values} == {VALUE_BYTES}
    assert len(values) == 4
