"""taskcat sees what it needs and nothing else."""

from tests.acceptance.staging import CONFIG, ROOT, stage
from tests.acceptance.tests import read


def test_nothing_but_configuration_templates_and_code_is_uploaded() -> None:
    with stage() as staged:
        found = {
            path.relative_to(staged.project).as_posix()
            for path in staged.project.rglob("*")
            if path.is_file()
        }
        assert (staged.project / CONFIG).read_bytes() == (ROOT / CONFIG).read_bytes()
        assert [path.name for path in staged.home.iterdir()] == [CONFIG]
    assert found == {
        CONFIG,
        "packages/words.zip",
        "templates/application-ephemeral.yaml",
        "templates/application.yaml",
    }
    assert not staged.project.exists()


def test_every_template_of_a_test_is_there() -> None:
    with stage() as staged:
        assert all(test.template.is_file() for test in read(staged.project))
