"""Draws docs/profile.png, the README's figure, from the demo: python docs/profile.py."""

from pathlib import Path

import segkit
from segkit import figures

tables = segkit.load_tables("complete_journey")
features = segkit.build_features(tables, as_of="2018-01-01")
segments = segkit.fit_segments(features.bases)
profile = segkit.profile_segments(segments, features.frame, dictionary=features.dictionary)
names = segkit.describe_segments(profile, features.frame).names
axes = figures.effects(profile.matrix.rename(columns=names))
axes.figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)
