"""What keeps the project itself true: lock, environments, README, docstrings, costs of importing."""

import inspect
import re
import shlex
import subprocess
import sys
import tomllib

import pytest
import yaml

import segkit
from segkit.cli import main
from tests.conftest import ROOT, make_groups, make_transactions

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REQUIREMENTS = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]


def test_environment_yml_equals_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    plain, inner = environment["dependencies"][:-1], environment["dependencies"][-1]["pip"]
    assert plain == [f"python{PROJECT['requires-python']}", "pip"]
    assert inner == [*REQUIREMENTS, "--editable=."]


def test_the_lock_pins_and_hashes_every_requirement_and_names_no_address():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    named = {re.split(r"[\[<>=!~ ]", line)[0].lower().replace("_", "-") for line in REQUIREMENTS}
    assert named <= pinned
    assert lock.count("--hash=sha256:") > len(pinned)
    assert "://" not in lock


def test_importing_segkit_loads_none_of_the_heavy_libraries():
    code = "import segkit, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"pandas", "ibis", "sklearn", "matplotlib", "umap", "papermill", "jsonschema"}
    assert not heavy & set(loaded.stdout.split())


def imports() -> dict[str, set[str]]:
    """Each module of segkit -> the modules of segkit that it names in an import."""
    found = {}
    for path in sorted((ROOT / "segkit").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found[name] = set(re.findall(r"^\s*from (segkit\.[\w.]+) import", text, re.MULTILINE))
    return found


def test_a_room_imports_only_those_to_its_left():
    rooms = ["study", "sources", "features", "exploration", "segments", "personas", "reporting"]
    for module, named in imports().items():
        room = module.split(".")[1]
        right = rooms[rooms.index(room) + 1 :] if room in rooms else []
        assert not [one for one in named if one.split(".")[1] in right], module


def test_nothing_that_runs_a_study_guesses():
    guessing = re.compile(r"segkit\.sources\.(guessing|exports|new)\b")
    found = {module for module, named in imports().items() if any(map(guessing.match, named))}
    assert {module for module in found if not guessing.match(module)} == {"segkit.cli"}


def public_names():
    return [name for name in segkit.__all__ if inspect.isfunction(getattr(segkit, name))]


@pytest.mark.parametrize("name", public_names())
def test_public_verbs_are_documented_whole(name):
    verb = getattr(segkit, name)
    text = inspect.getdoc(verb)
    assert "Parameters\n----------" in text
    assert "Returns\n-------" in text
    for parameter in inspect.signature(verb).parameters:
        assert re.search(rf"^\W*{parameter}\b", text, re.MULTILINE), parameter


def test_the_package_exports_what_it_says():
    assert set(segkit.__all__) == set(segkit._HOMES) | {"__version__"}
    assert all(getattr(segkit, name) is not None for name in segkit.__all__)
    with pytest.raises(AttributeError, match="no attribute 'fit_segment'"):
        segkit.fit_segment  # noqa: B018


def test_the_readme_is_short_and_starts_with_code():
    lines = README.splitlines()
    assert len(lines) <= 125
    assert next(i for i, line in enumerate(lines, 1) if line.startswith("```")) <= 25


def test_the_readme_s_links_lead_somewhere():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_readme_names_every_notebook():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"`{path.stem}`" in README


def readme_block(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.slow
def test_the_readme_s_python_prints_what_it_says():
    """The lines that start with # after the code are what it prints."""
    block, _ = readme_block("python")
    code = "\n".join(line for line in block.splitlines() if not line.startswith("#"))
    said = [line.removeprefix("# ").rstrip() for line in block.splitlines() if line.startswith("#")]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert [line.rstrip() for line in done.stdout.splitlines()] == said


def test_the_readme_s_lines_for_any_table_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    customers, _ = make_groups()
    names = {"segkit": segkit, "customers": customers, "new_customers": customers.head(3)}
    _, block = readme_block("python")
    exec(block.replace("(customers)", "(customers, n_boot=10, k_max=4)", 1), names)
    assert names["structure"].verdict == "natural"
    assert segkit.load_segments("here").assign(names["new_customers"])["segment_key"].notna().all()


def test_the_readme_s_own_data_commands_work(project, capsys):
    orders = make_transactions().rename(columns={"when": "order_date", "saved": "discount"})
    people = orders[["customer"]].drop_duplicates().assign(region="north")
    (project / "exports").mkdir()
    orders.to_csv("exports/orders.csv", index=False)
    people.to_csv("exports/crm.csv", index=False)
    commands = [line for block in readme_block("bash") for line in block.splitlines()]
    ours = [shlex.split(line, comments=True)[1:] for line in commands if line.startswith("segkit ")]
    assert [arguments[0] for arguments in ours] == ["new", "check", "run", "messages"]
    for arguments in ours[:2]:
        assert main(arguments) == 0, capsys.readouterr().err
    assert "The study is ready" in capsys.readouterr().out


def test_the_readme_s_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"make (\w+)", "\n".join(readme_block("bash"))):
        assert f"\n{target}:" in makefile
