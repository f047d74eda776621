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
        respondent="Respondent ID",
        tools=(
            "Respondent ID",
            "Collector ID",
            "Start Date",
            "End Date",
            "Date Created",
            "Date Modified",
            "IP Address",
            "Email Address",
            "First Name",
            "Last Name",
        ),
        dated=("End Date", "Date Modified", "Start Date", "Date Created"),
        words=(
            "partial answers are in this export and nothing marks them: what somebody left out "
            "counts as blank",
        ),
        key="Respondent ID",
        key_like=r"\d{3,}",
    ),
    Export(
        name="Typeform responses",
        kind="survey",
        told_by=("Start Date (UTC)", "Submit Date (UTC)", "Network ID"),
        columns={"respondent_id": ("#",), "answered": ("Submit Date (UTC)",)},
        utc=True,
        respondent="#",
        tools=(
            "#",
            "Response Type",
            "Start Date (UTC)",
            "Stage Date (UTC)",
            "Submit Date (UTC)",
            "Network ID",
            "Tags",
        ),
        dated=("Submit Date (UTC)", "Start Date (UTC)"),
        rows_aside={"not finished": {"Response Type": ["partial", "started", "in_progress"]}},
        words=("Network ID is a pseudonym of a device, not a person's",),
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
        respondent="ResponseId",
        tools=(
            "StartDate",
            "EndDate",
            "Status",
            "IPAddress",
            "Progress",
            "Duration (in seconds)",
            "Finished",
            "RecordedDate",
            "ResponseId",
            "RecipientLastName",
            "RecipientFirstName",
            "RecipientEmail",
            "ExternalReference",
            "LocationLatitude",
            "LocationLongitude",
            "DistributionChannel",
            "UserLanguage",
        ),
        dated=("RecordedDate", "EndDate", "StartDate"),
        rows_aside={
            "a preview or spam": {"Status": ["Survey Preview", "Survey Test", "Spam", "1", "2", "8"]},
            "not finished": {"Finished": ["False", "0"]},
        },
        words=("codes or texts as they were exported; texts tell what an answer means",),
        key="StartDate",
        key_like=r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}",
    ),
)
