"""How the pages do in a real browser: Lighthouse on the busiest ones, axe on all of them (``make audit``), pictures."""
