"""`segkit messages`, then a run with notes, targets and briefs."""

import html
import json
import re

import pytest
import yaml

from tests.reporting.conftest import QUICK, make_project, make_shop, named_orders, segkit_command

pytestmark = pytest.mark.slow

HOSTILE = "<script>alert()</script> {{ card }} =cmd"
ASKED = {"type": "interviews", "n": 12, "date": "2026-05-03", "link": "the shared folder"}
TARGETS = """targets:
  knock_out: {min_customers: 10}
  attractiveness: [{metric: revenue_share, weight: 2}, {metric: n_orders, weight: 1}]
"""


@pytest.fixture(scope="module")
def noted(tmp_path_factory):
    """A shop run, given notes by hand, and run again with targets."""
    project = make_shop(make_project(tmp_path_factory.mktemp("noted")), named_orders())
    assert segkit_command("run", "shop", *QUICK, cwd=project).returncode == 0
    wrote = segkit_command("messages", "shop", cwd=project)
    assert wrote.returncode == 0, wrote.stderr
    path = project / "data" / "shop" / "messages.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    key = next(iter(content["segments"]))
    content["segments"][key] |= {
        "name": "Our friends",
        "needs": [{"text": "Want it in time", "evidence": {"study": ASKED}}],
        "pains": [{"id": "a", "text": HOSTILE, "evidence": {"assumption": True}}],
        "proof_points": [
            {
                "text": "They order {fact:n_orders/median} times",
                "evidence": {"facts": ["n_orders/median"]},
            }
        ],
    }
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    study = project / "data" / "shop" / "study.yaml"
    study.write_text(study.read_text("utf-8") + TARGETS, "utf-8")
    done = segkit_command("run", "shop", *QUICK, cwd=project)
    assert done.returncode == 0, done.stderr
    return project, key


def report(noted, name="report.html"):
    return (noted[0] / "reports" / "shop" / "latest" / name).read_text("utf-8")


def test_notes_stand_on_the_page_marked_and_escaped(noted):
    page = report(noted)
    assert "Our friends" in page
    assert HOSTILE not in page
    assert "&lt;script&gt;alert()&lt;/script&gt; {{ card }} =cmd" in page
    assert re.search(r'class="badge assumed">assumption, untested', page)
    assert "Automatic name: " in page
    assert re.search(r'class="eyebrow"[^>]*>Persona<', page), (
        "customers were asked: no mere card of figures"
    )


def test_every_number_in_the_notes_and_targets_is_a_fact(noted):
    facts = {fact["id"]: fact["value"] for fact in json.loads(report(noted, "facts.json"))}
    pages = [report(noted)]
    pages += [path.read_text("utf-8") for path in briefs(noted)]
    numbers = [
        pair for page in pages for pair in re.findall(r'<data value="(.*?)" data-fact="(.*?)"', page)
    ]
    assert len(numbers) > 100
    for value, name in numbers:
        assert float(value) == pytest.approx(facts[html.unescape(name)], rel=1e-8)


def briefs(noted):
    return sorted((noted[0] / "reports" / "shop" / "latest" / "briefs").iterdir())


def test_a_brief_per_segment_without_script_request_or_empty_heading(noted):
    keys = yaml.safe_load((noted[0] / "data" / "shop" / "messages.yaml").read_text("utf-8"))["segments"]
    assert len(briefs(noted)) == len(keys)
    for path in briefs(noted):
        page = path.read_text("utf-8")
        assert not re.search(r"<script|https?://|src=", page)
        assert not re.search(r"</h2>\s*</section>|</h3>\s*</", page)
        assert ("What to say" in page) == ("Our friends" in page)


def test_a_brief_fits_a_phone_and_prints_on_one_page(noted, browser):
    for path in briefs(noted):
        page = browser.new_page(viewport={"width": 320, "height": 800})
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
        page.close()


def test_the_targets_are_there_because_the_study_has_criteria(noted, shop_project):
    assert 'id="targets"' in report(noted)
    page = (shop_project / "reports" / "shop" / "latest" / "report.html").read_text("utf-8")
    assert 'id="targets"' not in page


def test_messages_yaml_is_never_written_to_again(noted):
    path = noted[0] / "data" / "shop" / "messages.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    lost = list(content["segments"])[-1]
    content["segments"]["gone-0000"] = content["segments"].pop(lost)
    path.write_text(yaml.safe_dump(content), "utf-8")
    before = path.read_bytes()
    done = segkit_command("messages", "shop", cwd=noted[0])
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == before
    assert "'gone-0000' is no segment of the last run: move it under `retired:`" in done.stdout
    fresh = yaml.safe_load((path.parent / "messages.new.yaml").read_text("utf-8"))
    assert list(fresh["segments"]) == [lost]


def test_names_stay_the_same_from_run_to_run(noted):
    project, _ = noted
    runs = sorted((project / "data" / "shop" / "processed").glob("2*/names/names.json"))
    first, second = (json.loads(path.read_text("utf-8"))["names"] for path in runs[:2])
    assert first == second
