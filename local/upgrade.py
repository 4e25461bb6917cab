"""``python -m local.upgrade TAG``: takes a release of this project into a fork; docs/fork.md."""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A fork's own; a release never changes them. Its version, and its releases, are the fork's as well.
TEAM = (
    *("processors", "pipeline/*.toml", "pipeline/*.json"),
    *("generators/__init__.py", "templates/releases"),
)
GENERATED = re.compile(r"templates/[^/]+|\.taskcat\.yml|docs/permissions\.md")
PART = re.compile(r"<!-- generated: (\w+) -->\n.*?<!-- end -->", re.DOTALL)
GENERATORS = (("generators",), ("pipeline",), ("pipeline", "docs"))


def git(*arguments: str, codes: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode not in codes:
        raise SystemExit(f"error: git {arguments[0]}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def keep_team_files() -> None:
    """Take the team's files as they were, and nothing that the release adds there."""
    specs = [f":(glob){path}/**" if "." not in path else f":(glob){path}" for path in TEAM]
    ours = git("ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0")
    git("rm", "-r", "-f", "--quiet", "--ignore-unmatch", "--", *specs)
    kept = git("ls-files", "-z", "--with-tree=HEAD", "--", *specs).split("\0")
    if paths := sorted({path for path in kept if path} & set(ours)):
        git("checkout", "HEAD", "--", *paths)


def merge_page(path: str) -> bool:
    """Merge a page's own words, whatever was generated into it; tell whether that went well."""
    base, ours, theirs = (git("show", f":{stage}:{path}", codes=(0, 128)) for stage in (1, 2, 3))
    parts = {match[1]: match[0] for match in PART.finditer(ours)}
    if not (base and theirs and parts):
        return False
    with tempfile.TemporaryDirectory() as place:
        files = [Path(place, name) for name in ("ours", "base", "theirs")]
        for file, text in zip(files, (ours, base, theirs)):
            merged = PART.sub(lambda match: parts.get(match[1], match[0]), text)
            file.write_text(merged, encoding="utf-8")
        command = ["git", "merge-file", "--quiet", *map(str, files)]
        if subprocess.run(command, check=False).returncode:
            return False
        (ROOT / path).write_text(files[0].read_text(encoding="utf-8"), encoding="utf-8")
    git("add", "--", path)
    return True


def conflicts() -> list[str]:
    return [
        path for path in git("diff", "--name-only", "-z", "--diff-filter=U").split("\0") if path
    ]


def main(argv: list[str] | None = None) -> int:
    """Merge a release, without a commit, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local.upgrade", description=__doc__)
    parser.add_argument("release", metavar="TAG", help="release to merge, already fetched")
    release = parser.parse_args(argv).release
    if git("status", "--porcelain", "--untracked-files=no"):
        raise SystemExit("error: commit or stash your changes first: git status")
    git("rev-parse", "--verify", "--quiet", f"{release}^{{commit}}")
    git("merge", "--no-commit", "--no-ff", release, codes=(0, 1))
    keep_team_files()
    for path in conflicts():
        if GENERATED.fullmatch(path):
            side = "--theirs" if git("ls-files", "-u", "--", path).count("\n") == 3 else "--ours"
            git("checkout", side, "--", path, codes=(0, 1))
            git("add", "-A", "--", path)
        else:
            merge_page(path)
    if left := conflicts():
        print(
            "conflicts between your changes and the release; resolve them, and git add each file:"
        )
        print("\n".join(f"  {path}" for path in left))
        print("then: tox run -e generate, git add -A, git commit; or: git merge --abort")
        return 1
    for words in GENERATORS:
        subprocess.run([sys.executable, "-m", *words], cwd=ROOT, check=True, stdout=sys.stderr)
    git("add", "--update")
    print(git("diff", "--cached", "--stat", "HEAD", "--", "templates", "pipeline", "requirements"))
    print("read CHANGELOG.md and: serverlessapp diff stack:NAME templates/application.yaml")
    print("then: make test, git commit; or: git merge --abort")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
