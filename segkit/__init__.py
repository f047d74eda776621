"""Segments that can be trusted: from raw customer tables to a report that a marketer reads.

The public verbs, re-exported; each is loaded when it is first used, so that `import segkit` is cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from segkit.errors import SegkitError
    from segkit.exploration.explore import explore
    from segkit.features.build import build_features
    from segkit.personas.describe import describe_segments
    from segkit.personas.messages import load_messages
    from segkit.personas.profile import profile_segments
    from segkit.reporting.runner import run_study
    from segkit.reporting.sections import build_report
    from segkit.reporting.workspace import open_run
    from segkit.segments.evidence.assess import assess_structure
    from segkit.segments.fit import fit_segments
    from segkit.segments.identity import match_segments
    from segkit.segments.nested import fit_within
    from segkit.segments.rules.readable import readable_rules
    from segkit.segments.rules.rfm import rfm_rules
    from segkit.segments.rules.ruleset import rule_set
    from segkit.segments.store import load_segments, save_segments
    from segkit.sources.tables import load_tables
    from segkit.study import load_study

_HOMES = {
    "SegkitError": "errors",
    "assess_structure": "segments.evidence.assess",
    "build_features": "features.build",
    "build_report": "reporting.sections",
    "describe_segments": "personas.describe",
    "explore": "exploration.explore",
    "fit_segments": "segments.fit",
    "fit_within": "segments.nested",
    "load_messages": "personas.messages",
    "load_segments": "segments.store",
    "load_study": "study",
    "load_tables": "sources.tables",
    "match_segments": "segments.identity",
    "open_run": "reporting.workspace",
    "profile_segments": "personas.profile",
    "readable_rules": "segments.rules.readable",
    "rfm_rules": "segments.rules.rfm",
    "rule_set": "segments.rules.ruleset",
    "run_study": "reporting.runner",
    "save_segments": "segments.store",
}

__all__ = [
    "SegkitError",
    "__version__",
    "assess_structure",
    "build_features",
    "build_report",
    "describe_segments",
    "explore",
    "fit_segments",
    "fit_within",
    "load_messages",
    "load_segments",
    "load_study",
    "load_tables",
    "match_segments",
    "open_run",
    "profile_segments",
    "readable_rules",
    "rfm_rules",
    "rule_set",
    "run_study",
    "save_segments",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'segkit' has no attribute '{name}'")
    return getattr(import_module(f"segkit.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
