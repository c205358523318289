"""Folding of names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.names import fold


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Ángel & Söhne, S.L.", "angel & sohne, s.l."),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("a\tb  Ltd ", "a b ltd"),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("İstanbul", "istanbul"),
        ("株式会社", "株式会社"),
        ("Ünïcode 🚀 GmbH", "unicode 🚀 gmbh"),
    ],
)
def test_fold(name: str, folded: str) -> None:
    assert fold(name) == folded


@given(st.text())
def test_folding_again_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)
