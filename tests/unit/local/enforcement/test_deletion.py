"""What deleting a version of an object asks for."""

from typing import Any

import pytest

from local.enforcement.deletion import with_both

BATCH = (
    "<Delete><Object><Key>a</Key><VersionId>1</VersionId></Object>"
    "<Object><Key>b</Key></Object></Delete>"
)
BOTH_OF_A = [
    ("s3:DeleteObject", "arn:aws:s3:::bucket/a"),
    ("s3:DeleteObjectVersion", "arn:aws:s3:::bucket/a"),
]


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "asked"),
    [
        pytest.param("DELETE", "/bucket/a", {"versionId": ["1"]}, "", BOTH_OF_A, id="version"),
        pytest.param("POST", "/bucket", {"delete": [""]}, BATCH, BOTH_OF_A, id="one of a batch"),
        pytest.param("DELETE", "/bucket/a", {}, "", [], id="newest"),
        pytest.param(
            "DELETE", "/bucket/a", {"versionId": ["1"], "tagging": [""]}, "", [], id="its tags"
        ),
        pytest.param("GET", "/bucket/a", {"versionId": ["1"]}, "", [], id="read"),
    ],
)
def test_a_version_takes_both_permissions(
    method: str, path: str, query: dict[str, Any], body: str, asked: list[tuple[str, str]]
) -> None:
    assert with_both(lambda *_: [], method, path, {}, body.encode(), query) == asked


def test_nothing_is_asked_twice() -> None:
    known = [BOTH_OF_A[1]]
    asked = with_both(lambda *_: known, "DELETE", "/bucket/a", {}, b"", {"versionId": ["1"]})
    assert sorted(asked) == sorted(BOTH_OF_A)
