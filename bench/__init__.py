"""``make bench``: what pages, the night's work and memory cost, every figure beside a floor of the same run.

Beside the rooms, never imported by them. It starts a PostgreSQL, an SMTP server and two web processes of its own on
this machine, fills them with a made-up college, measures, and leaves nothing behind. Figures: docs/bench.md.
"""
