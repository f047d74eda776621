"""Public data sets, fetched from a real server that answers, breaks off, lies or isn't there."""

import gzip
import hashlib
import io
import socket
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import segkit
from segkit.cli import main
from segkit.errors import DataError
from segkit.sources.public import datasets
from segkit.sources.public.datasets import DATASETS, DataSet, Source
from segkit.sources.public.download import FetchError
from segkit.sources.public.fetch import fetch_dataset
from segkit.sources.public.forms import headed, unnamed_rows, workbook
from tests.conftest import ROOT

ROWS = b"id;spend\n" + b"".join(b"%d;%d.50\n" % (n, n) for n in range(5_000))


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def zipped(**members):
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as out:
        for name, content in members.items():
            out.writestr(name.replace("_dot_", "."), content)
    return box.getvalue()


class Server(ThreadingHTTPServer):
    """Serves `content` by path, with ranges; `break_after` bytes it hangs up, once."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.tags, self.asked, self.break_after = {}, {}, [], None

    def url(self, path):
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        content = self.server.content.get(self.path)
        self.server.asked.append(self.headers.get("Range"))
        if content is None:
            self.send_error(404)
            return
        tag = self.server.tags.get(self.path, f'"{sha256(content)[:8]}"')
        start = self.start_of(content, tag)
        if start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        if tag:
            self.send_header("ETag", tag)
        self.end_headers()
        end, self.server.break_after = self.server.break_after, None
        self.wfile.write(content[start:end])

    def start_of(self, content, tag):
        asked = self.headers.get("Range")
        if not asked or self.headers.get("If-Range") != tag:
            return 0
        return int(asked.removeprefix("bytes=").rstrip("-"))

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def shop(server):
    """A data set of 5,000 rows with one address, whose checksum is known."""
    server.content["/shop.csv"] = ROWS
    return DataSet(
        name="shop", file="shop.csv", sources=(Source(server.url("/shop.csv")),),
        header=("id", "spend"), delimiter=";", rows=5_000, sha256=sha256(ROWS),
        licence="CC0", citation="Nobody 2024", page="http://example.org/shop",
    )  # fmt: skip


def left(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_is_fetched_checked_and_said_with_its_terms(shop, tmp_path):
    got = fetch_dataset(shop, to=tmp_path)
    assert got.path.read_bytes() == ROWS
    assert got.path == tmp_path / "shop" / "shop.csv"
    assert "5,000 rows; checksum right. Licence: CC0. Cite: Nobody 2024." in got.reading
    assert left(tmp_path) == ["shop.csv"]


def test_it_is_not_fetched_again(shop, server, tmp_path):
    fetch_dataset(shop, to=tmp_path)
    again = fetch_dataset(shop, to=tmp_path)
    assert again.was_there
    assert len(server.asked) == 1


def test_a_broken_download_goes_on_where_it_was(shop, server, tmp_path):
    server.break_after = 20_000
    with pytest.raises(FetchError, match=f"broke off after 20,000 of {len(ROWS):,} bytes"):
        fetch_dataset(shop, to=tmp_path)
    assert left(tmp_path) == [".shop.csv.part", ".shop.csv.part.json"]
    got = fetch_dataset(shop, to=tmp_path)
    assert server.asked == [None, "bytes=20000-"]
    assert got.path.read_bytes() == ROWS
    assert left(tmp_path) == ["shop.csv"]


def test_a_part_that_is_too_long_is_begun_anew(shop, server, tmp_path):
    server.break_after = 20_000
    with pytest.raises(FetchError, match="broke off"):
        fetch_dataset(shop, to=tmp_path)
    with (tmp_path / "shop" / ".shop.csv.part").open("ab") as part:
        part.write(ROWS)
    assert fetch_dataset(shop, to=tmp_path).path.read_bytes() == ROWS
    assert len(server.asked) == 3


@pytest.mark.parametrize("tag", ['"another version"', ""])
def test_a_part_of_another_version_is_not_gone_on_with(shop, server, tmp_path, tag):
    server.content["/shop.csv"], server.tags["/shop.csv"] = ROWS.replace(b".50", b".75"), tag
    server.break_after = 20_000
    with pytest.raises(FetchError, match="broke off"):
        fetch_dataset(shop, to=tmp_path)
    server.content["/shop.csv"], server.tags["/shop.csv"] = ROWS, '"this version"'
    assert fetch_dataset(shop, to=tmp_path).path.read_bytes() == ROWS


def test_other_bytes_than_the_known_ones_are_never_put_in_place(shop, server, tmp_path):
    server.content["/shop.csv"] = ROWS.replace(b"7.50", b"9.50")
    with pytest.raises(FetchError, match=r"the checksum is \w{12}\.\.\., not"):
        fetch_dataset(shop, to=tmp_path)
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [(ROWS[:-13], "has 4,999 rows"), (ROWS.replace(b"spend", b"spent"), "has no column 'spend'")],
)
def test_without_a_checksum_rows_and_columns_are_checked(shop, server, tmp_path, content, said):
    unknown = replace(shop, sha256="")
    assert "no checksum of it is known" in fetch_dataset(unknown, to=tmp_path / "one").reading
    server.content["/shop.csv"] = content
    with pytest.raises(FetchError, match=said):
        fetch_dataset(unknown, to=tmp_path / "two")


def test_a_copy_elsewhere_is_tried_and_said(shop, server, tmp_path):
    server.content["/copy.csv"] = ROWS
    copy = Source(server.url("/copy.csv"), sha256=sha256(ROWS), copy=True)
    both = replace(shop, sources=(Source(server.url("/gone.csv")), copy))
    told = []
    assert fetch_dataset(both, to=tmp_path, tell=told.append).path.read_bytes() == ROWS
    assert "404" in told[1]
    assert told[2].startswith("a copy of it from")


def test_without_a_connection_it_says_what_to_do(shop, tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/shop.csv"
        with pytest.raises(FetchError, match=r"no connection to 127\.0\.0\.1.*segkit fetch shop --to"):
            fetch_dataset(replace(shop, sources=(Source(url),)), to=tmp_path)
    assert left(tmp_path) == []
    assert not (tmp_path / "shop").exists()


def test_a_file_that_is_there_and_differs_stays(shop, tmp_path):
    own = tmp_path / "shop" / "shop.csv"
    own.parent.mkdir()
    own.write_text("mine")
    with pytest.raises(DataError, match=r"shop/shop.csv is there and differs.*--replace"):
        fetch_dataset(shop, to=tmp_path)
    assert own.read_text() == "mine"
    fetch_dataset(shop, to=tmp_path, replace=True)
    assert own.read_bytes() == ROWS


def test_a_member_of_nested_archives_is_checked_and_compressed(shop, server, tmp_path):
    inner = zipped(shop_dot_csv=ROWS)
    server.content["/all+of+it.zip"] = outer = zipped(inner_dot_zip=inner, readme="hello")
    source = Source(
        server.url("/all+of+it.zip"), members=("inner.zip", "shop.csv"), archive_sha256=sha256(outer),
        sha256=sha256(ROWS),
    )  # fmt: skip
    packed = replace(shop, file="shop.csv.gz", sources=(source,))
    got = fetch_dataset(packed, to=tmp_path)
    assert gzip.decompress(got.path.read_bytes()) == ROWS
    again = fetch_dataset(packed, to=tmp_path / "again").path
    assert again.read_bytes() == got.path.read_bytes()
    assert left(tmp_path / "shop") == ["shop.csv.gz"]


@pytest.mark.parametrize("content", [b"<html>Please log in</html>", zipped(other=b"x")])
def test_a_page_or_another_archive_is_no_data(shop, server, tmp_path, content):
    server.content["/shop.zip"] = content
    source = Source(server.url("/shop.zip"), members=("shop.csv",))
    with pytest.raises(FetchError, match=r"no archive that holds 'shop\.csv'"):
        fetch_dataset(replace(shop, sources=(source,)), to=tmp_path)
    assert left(tmp_path) == []


def test_the_command_fetches_says_and_exports(shop, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(datasets, "DATASETS", {"shop": shop})
    monkeypatch.delenv("SEGKIT_DATA", raising=False)
    assert main(["fetch", "shop", "--to", str(tmp_path / "public data")]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[0] == f"from {shop.sources[0].url}"
    assert said.splitlines()[-1] == f"export SEGKIT_DATA='{tmp_path / 'public data'}'"
    monkeypatch.setenv("SEGKIT_DATA", str(tmp_path / "public data"))
    assert main(["fetch", "shop"]) == 0
    assert "Already there" in capsys.readouterr().out
    assert main(["fetch", "shp"]) == 2
    assert "Did you mean 'shop'?" in capsys.readouterr().err
    assert main(["fetch", "complete_journey"]) == 2
    assert "carries it" in capsys.readouterr().err


def test_the_command_without_a_name_lists_what_there_is(capsys):
    assert main(["fetch"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == sorted(DATASETS)


def test_a_study_finds_what_was_fetched(shop, server, tmp_path, monkeypatch):
    monkeypatch.setenv("SEGKIT_DATA", str(tmp_path))
    content = {
        "title": "T", "decision": "D", "as_of": "2024-06-01", "bases": ["spend"],
        "tables": {"customers": {"file": "$SEGKIT_DATA/shop/shop.csv", "delimiter": ";",
                                 "columns": {"customer_id": "id"}}},
        "traits": {"spend": {"kind": "number", "basis": "behavioural"}},
    }  # fmt: skip
    study = segkit.load_study(content)
    with pytest.raises(DataError, match="segkit fetch shop"):
        segkit.load_tables(study)
    fetch_dataset(shop)
    assert segkit.load_tables(study).quality.kept["customers"] == 5_000


def test_every_public_study_can_be_fetched_under_its_own_path():
    """The file that a study names is the one that fetch writes."""
    for name in {path.parent.name for path in ROOT.glob("data/*/study.yaml")} - set(datasets.CARRIED):
        files = {spec.file for spec in segkit.load_study(ROOT / "data" / name).tables.values()}
        assert files == {f"$SEGKIT_DATA/{name}/{DATASETS[name].file}"}


@pytest.mark.parametrize("name", sorted(DATASETS))
def test_the_known_checksums_columns_and_rows_are_those_of_the_real_files(name, shared_data):
    got = fetch_dataset(name, to=shared_data)
    assert got.was_there
    assert ("checksum right" in got.reading) == (name != "online_retail")


def test_the_authors_cdnow_file_becomes_the_study_s(shared_data, tmp_path):
    """Without its header the file is the one that its authors publish, to the byte."""
    whole = gzip.decompress((shared_data / "cdnow" / "CDNOW_master.txt.gz").read_bytes())
    header, _, theirs = whole.partition(b"\r\n")
    assert sha256(theirs) == DATASETS["cdnow"].sources[0].sha256
    (tmp_path / "theirs").write_bytes(theirs)
    headed(header.decode())(tmp_path / "theirs", tmp_path / "ours")
    assert (tmp_path / "ours").read_bytes() == whole


def test_r_s_row_names_are_taken_off(tmp_path):
    (tmp_path / "r.csv").write_text('"rownames","A1","age"\n"61617",2,16\n61618,,NA\n')
    unnamed_rows(tmp_path / "r.csv", tmp_path / "plain.csv")
    assert (tmp_path / "plain.csv").read_bytes() == b"A1,age\n2,16\n,NA\n"


SHEET = """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>
<row r="2"><c r="A2"><v>536365</v></c><c r="B2"><v>40513.351388888892</v></c><c r="C2"><v>2.5499999999999998</v></c></row>
<row r="3"><c r="A3" t="s"><v>3</v></c><c r="C3"><v>-80995</v></c></row>
<row r="4"><c r="A4" t="inlineStr"><is><t>C5, "x"</t></is></c><c r="B4"><v>40886.534722222219</v></c></row>
</sheetData></worksheet>"""  # noqa: E501
TEXTS = """<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<si><t>InvoiceNo</t></si>
<si><t>InvoiceDate</t></si>
<si><r><t>Unit</t></r><r><t>Price</t></r></si>
<si><t> 85123a </t></si></sst>"""


def test_a_workbook_becomes_the_csv_that_was_typed(tmp_path):
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", SHEET)
        book.writestr("xl/sharedStrings.xml", TEXTS)
    workbook(tmp_path / "book.xlsx", tmp_path / "book.csv")
    assert (tmp_path / "book.csv").read_text() == (
        "InvoiceNo,InvoiceDate,UnitPrice\n536365,2010-12-01 08:26:00,2.55\n"
        ' 85123a ,,-80995\n"C5, ""x""",2011-12-09 12:50:00,\n'
    )


def test_what_is_no_workbook_is_refused(tmp_path):
    (tmp_path / "book.xlsx").write_bytes(zipped(other=b"x"))
    with pytest.raises(DataError, match="no Excel workbook"):
        workbook(tmp_path / "book.xlsx", tmp_path / "book.csv")
