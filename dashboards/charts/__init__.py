"""Charts of the analysis page: each is one small table that is drawn, read aloud, exported and opened to its rows.

``table.py`` says what a chart is, ``compliance.py`` and ``burden.py`` make the figures (all pure); the figures are read
and given their addresses in ``dashboards/selectors/charts.py``.
"""
