"""What `bench-peers` and `bench-lookup-peers` share: peers installed below a folder of their own, so that they meet nobody else's packages."""

import subprocess
import sys
from pathlib import Path

INTO = Path("target/peers")


def run(command, **options):
    return subprocess.run(command, check=True, **options)


class Installed:
    """Something that is installed below `home`, once."""

    def __init__(self, home):
        self.home = home

    def install(self):
        pass


class InPython(Installed):
    """Packages of PyPI in a Python of their own."""

    packages = []

    @property
    def python(self):
        return self.home / self.name / "bin/python"

    def install(self):
        if not self.python.exists():
            run([sys.executable, "-m", "venv", self.home / self.name])
            if self.packages:
                run([self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *self.packages])


class InNode(Installed):
    """Packages of npm. No script of theirs is run, so nothing is fetched but the packages."""

    packages = []

    @property
    def modules(self):
        return self.home / "npm" / self.name

    def install(self):
        if not (self.modules / "node_modules").exists():
            self.modules.mkdir(parents=True, exist_ok=True)
            options = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional"]
            run(["npm", "install", *options, "--prefix", self.modules, *self.packages])


def installed(peers):
    """Returns the peers that could be installed; the others are named."""
    ready = []
    for peer in peers:
        try:
            peer.install()
            ready.append(peer)
        except (subprocess.CalledProcessError, OSError) as error:
            print(f"{peer.name} cannot be installed: {error}", file=sys.stderr)
    return ready


def chosen(peers, names):
    """Returns the peers that `names`, with commas, asks for: all if it is empty."""
    return [peer for peer in peers if not names or peer.name in names.split(",")]
