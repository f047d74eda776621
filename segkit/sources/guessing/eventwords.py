"""By which names and words a table of dated events is told."""

from collections.abc import Mapping

from segkit.study.events import EMAIL_ACTIONS, SOCIAL_ACTIONS

EPOCHS = {
    "epoch_seconds": r"1\d{9}",
    "epoch_milliseconds": r"1\d{12}",
    "epoch_microseconds": r"1\d{15}",
}
COLUMNS: Mapping[str, str] = {
    "page": r"(page|screen)(_?(path|url|uri|title|location|name))?|url|uri|path|request",
    "step": r"event(_?(name|type|action|category))?|hit_type|step|action|interaction",
    "channel": r"(default_)?channel(_group(ing)?)?|medium|(utm|traffic|session)_(medium|source)|source"
    r"|referr?er",
    "device": r"device(_?(type|category|class))?|platform",
    "session_id": r"(ga_)?(session|visit)_?(id|no|nr|number|key)|session",
    "agent": r"user_?agent|agent|ua",
    "is_bot": r"is_?bot|bot",
    "pages": r"(n_|num(ber)?_(of_)?)?pages?(_?(views?|viewed|seen|visited|count))?|pageviews",
    "duration_seconds": r"(session_|visit_)?(duration|length)(_?(s|secs?|seconds))?|seconds"
    r"|time_on_(site|page)",
    "bounce": r"is_?bounced?|bounced?",
    "campaign": r"(e_?mail_)?(campaign|mailing|newsletter)(_?(id|name|title))?|subject(_line)?|mail",
    "likes": r"(n_)?(likes?|liked|reactions?|favou?rites)",
    "comments": r"(n_)?(comments?|replies)",
    "shares": r"(n_)?(shares?|reposts?|retweets?)",
    "reach": r"(n_)?(reach|people_reached)",
    "sentiment": r"sentiment(_score)?",
    "coupon": r"(coupon|voucher)(_?(id|upc|code|no|nr))?",
}  # fmt: skip
CONTACTS: Mapping[str, tuple[str, ...]] = {
    "calls": ("call", "calls", "phone", "phone call", "outbound call", "inbound call", "telephone"),
    "meetings": ("meeting", "meetings", "appointment", "demo", "visit", "on-site", "onsite"),
    "emails": ("email", "emails", "e-mail", "mail"),
    "tickets": ("ticket", "tickets", "case", "support", "support ticket", "complaint", "claim"),
    "notes": ("note", "notes"),
    "tasks": ("task", "tasks", "to-do", "todo"),
    "chats": ("chat", "chats", "live chat", "whatsapp", "sms"),
    "letters": ("letter", "letters", "post", "postal"),
    "events": ("event", "webinar", "trade show"),
}
"""What an activity may be -> the words by which a CRM calls it."""
SOCIAL: Mapping[str, tuple[str, ...]] = {
    "likes": (*SOCIAL_ACTIONS["likes"], "reaction", "reacted", "favorite", "favourite", "love"),
    "comments": (*SOCIAL_ACTIONS["comments"], "reply", "replied", "mention"),
    "shares": (*SOCIAL_ACTIONS["shares"], "retweet", "repost", "reposted", "retweeted"),
}
EMAILS: Mapping[str, tuple[str, ...]] = {
    "sent": (*EMAIL_ACTIONS["sent"], "processed"),
    "delivered": (*EMAIL_ACTIONS["delivered"], "delivery"),
    "open": (*EMAIL_ACTIONS["open"], "opens", "unique open"),
    "click": (*EMAIL_ACTIONS["click"], "clicks", "unique click"),
    "bounce": (*EMAIL_ACTIONS["bounce"], "hard bounce", "soft bounce", "dropped"),
    "unsubscribe": (*EMAIL_ACTIONS["unsubscribe"], "unsub", "opt-out", "opted out"),
}
STEPS: Mapping[str, tuple[str, ...]] = {
    "product": ("view_item", "product_view", "view product", "product viewed", "product"),
    "basket": ("add_to_cart", "add to cart", "added to cart", "basket", "cart", "addtocart"),
    "checkout": ("begin_checkout", "checkout", "checkout started"),
    "purchase": ("purchase", "order", "order completed", "transaction", "buy"),
}
PAGE_VIEWS = ("page_view", "pageview", "page view", "screen_view", "view", "page", "pageviews")
