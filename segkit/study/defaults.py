"""What a study takes where its study.yaml says nothing."""

from collections.abc import Mapping
from typing import Any

PARAMETERS: Mapping[str, Any] = {
    "k": None,
    "k_max": 8,
    "min_share": 0.05,
    "method": None,
    "n_starts": 20,
    "n_boot": 50,
    "random_state": 0,
}
RULES: Mapping[str, Any] = {
    "cancellation_prefix": None,
    "non_products": (),
    "duplicates": "keep",
    "sale_status": None,
    "max_unreadable_share": 0.05,
    "mixed_currencies": "refuse",
}
WORDS: Mapping[str, str] = {
    "customer": "customer",
    "customers": "customers",
    "order": "order",
    "orders": "orders",
}
