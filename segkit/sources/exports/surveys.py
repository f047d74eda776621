"""Survey answers: SurveyMonkey, Typeform, Qualtrics.

Formats: SurveyMonkey's "all responses" CSV (names, then a row of choices); Typeform's results CSV (one
header row); Qualtrics' CSV (names, question texts, ImportIds).
"""

from segkit.sources.exports.export import Export

SURVEYS = (
    Export(
        name="SurveyMonkey responses",
        kind="survey",
        told_by=("Respondent ID|respondent_id", "Collector ID|collector_id"),
        columns={
            "customer_id": ("Custom Data 1", "Email Address"),
            "respondent_id": ("Respondent ID",),
        },
        email=("Email Address",),
        key="Respondent ID",
        key_like=r"\d{3,}",
    ),
    Export(
        name="Typeform responses",
        kind="survey",
        told_by=("Start Date (UTC)", "Submit Date (UTC)", "Network ID"),
        columns={"respondent_id": ("#",), "answered": ("Submit Date (UTC)",)},
        utc=True,
    ),
    Export(
        name="Qualtrics responses",
        kind="survey",
        told_by=("StartDate", "EndDate", "RecordedDate", "ResponseId"),
        columns={
            "customer_id": ("ExternalReference", "RecipientEmail"),
            "respondent_id": ("ResponseId",),
            "answered": ("RecordedDate",),
        },
        email=("RecipientEmail",),
        key="StartDate",
        key_like=r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}",
    ),
)
