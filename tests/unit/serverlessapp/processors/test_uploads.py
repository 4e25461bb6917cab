"""Which files a processor takes, and where S3 would refuse two of them in one bucket."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverlessapp.processors.definition import Processor, ProcessorError
from serverlessapp.processors.uploads import Uploads, overlap, refuse_overlaps


def uploads(folder: str = "", *suffixes: str) -> Uploads:
    return Uploads(folder=folder, suffixes=suffixes)


@pytest.mark.parametrize(
    ("left", "right", "refused"),
    [
        (uploads(), uploads(), True),
        (uploads("x/"), uploads("x/"), True),
        (uploads("x/"), uploads("x/y/"), True),
        (uploads("x/"), uploads("y/"), False),
        (uploads("x/"), uploads("xy/"), False),
        (uploads("x/", ".csv"), uploads("x/", ".json"), False),
        (uploads("x/", ".csv", ".tsv"), uploads("x/", ".json", ".tsv"), True),
        (uploads("x/", ".gz"), uploads("x/", ".tar.gz"), True),
        (uploads("x/"), uploads("", ".csv"), True),
        (uploads("x/", ".csv"), uploads("y/", ".csv"), False),
    ],
)
def test_filters_overlap_where_prefixes_and_suffixes_do(
    left: Uploads, right: Uploads, refused: bool
) -> None:
    assert overlap(left, right) is refused
    assert overlap(right, left) is refused


def test_what_goes_through_eventbridge_overlaps_nothing() -> None:
    assert not overlap(uploads(), Uploads(source="eventbridge"))
    assert not overlap(Uploads(source="eventbridge"), Uploads(source="eventbridge"))


folders = st.lists(st.sampled_from(["a/", "b/", "ab/"]), max_size=3).map("".join)
suffixes = st.lists(st.sampled_from([".a", ".b", "b", ".a.b"]), max_size=2, unique=True)
lanes = st.builds(lambda f, s: uploads(f, *s), folders, suffixes)


@given(lanes, lanes, folders, st.sampled_from(["", "x", ".a", "x.b", ".a.b"]))
def test_no_file_is_taken_twice_without_an_overlap(
    left: Uploads, right: Uploads, folder: str, name: str
) -> None:
    assert overlap(left, right) or not (left.take(folder + name) and right.take(folder + name))


def test_an_overlap_names_both_files_and_what_to_do() -> None:
    csv, words = (
        Processor(name=name, folder=Path(name), handler="main:process", uploads=uploads("in/"))
        for name in ("csv", "words")
    )
    refuse_overlaps([csv])
    with pytest.raises(ProcessorError) as caught:
        refuse_overlaps([csv, words])
    for words_of_it in (csv.declaration, words.declaration, "in/*", 'source = "eventbridge"'):
        assert str(words_of_it) in str(caught.value)


def test_a_file_is_taken_by_its_folder_and_its_end_and_case_counts() -> None:
    reports = uploads("reports/", ".csv", ".tsv")
    assert all(map(reports.take, ["reports/a.csv", "reports/b/a.tsv", "reports/.csv"]))
    assert not any(map(reports.take, ["a.csv", "reports/a.CSV", "Reports/a.csv", "reports/"]))
    assert all(map(uploads().take, ["", "a", "b/"]))
