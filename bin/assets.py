"""Builds assets/ from node_modules: Tabler's style sheet, ECharts, and one sprite of the icons in static/icons.txt."""

import re
import sys
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
MODULES = BASE / "node_modules"
ASSETS = BASE / "assets"
COPIES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "echarts.min.js": "echarts/dist/echarts.min.js",
}
SOURCE_MAP = re.compile(r"(/\*# sourceMappingURL=.*?\*/|^//# sourceMappingURL=.*$)", re.MULTILINE)
SVG = re.compile(r"<svg\b[^>]*\bviewBox=\"(?P<box>[^\"]+)\"[^>]*>(?P<drawing>.*)</svg>", re.DOTALL)


def copy_libraries() -> None:
    """Copy the libraries without their source map lines, which would break the hashed names."""
    for name, source in COPIES.items():
        text = (MODULES / source).read_text(encoding="utf-8")
        (ASSETS / name).write_text(SOURCE_MAP.sub("", text).rstrip() + "\n", encoding="utf-8")


def icon_names() -> list[str]:
    """The names in static/icons.txt, one a line; ``#`` begins a remark."""
    lines = (BASE / "static" / "icons.txt").read_text(encoding="utf-8").splitlines()
    return sorted({word for line in lines if (word := line.partition("#")[0].strip())})


def build_sprite(names: list[str]) -> None:
    """Write assets/sprite.svg with one symbol per icon, its id the icon's name."""
    symbols, unknown = [], []
    for name in names:
        source = MODULES / "bootstrap-icons" / "icons" / f"{name}.svg"
        found = SVG.search(source.read_text(encoding="utf-8")) if source.is_file() else None
        if found is None:
            unknown.append(name)
            continue
        drawing = " ".join(found["drawing"].split())
        symbols.append(f'<symbol id="{name}" viewBox="{found["box"]}" fill="currentColor">{drawing}</symbol>')
    if unknown:
        sys.exit(f"static/icons.txt names icons that Bootstrap Icons does not have: {', '.join(unknown)}")
    text = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    (ASSETS / "sprite.svg").write_text(text, encoding="utf-8")


def main() -> None:
    """Build everything."""
    ASSETS.mkdir(exist_ok=True)
    copy_libraries()
    build_sprite(icon_names())


if __name__ == "__main__":
    main()
