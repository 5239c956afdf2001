"""A skipped test fails the run where the part it needs is required."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
INI = "[pytest]\nmarkers =\n    postgres: x\n    rasa: x\ntestpaths = .\n"
SKIPPED = "import pytest\n@pytest.mark.postgres\ndef test_it():\n    pytest.skip('no server here')\n"
SKIPPED_IN_FIXTURE = (
    "import pytest\n@pytest.fixture\ndef server():\n    pytest.skip('no server here')\n"
    "@pytest.mark.postgres\ndef test_it(server): ...\n"
)
SKIPPED_MODULE = "import pytest\npytest.skip('no server here', allow_module_level=True)\n"
UNMARKED = "import pytest\ndef test_it():\n    pytest.skip('another reason')\n"
PASSES = "import pytest\n@pytest.mark.postgres\ndef test_it(): ...\n"


@pytest.mark.parametrize(
    ("source", "require", "passes"),
    [
        (SKIPPED, "", True),
        (SKIPPED, "postgres", False),
        (SKIPPED_IN_FIXTURE, "postgres", False),
        (SKIPPED_MODULE, "", True),
        (SKIPPED_MODULE, "postgres", False),
        (UNMARKED + PASSES.replace("test_it", "test_other"), "postgres", True),
        (PASSES, "postgres", True),
        (PASSES, "postgres,rasa", False),  # nothing tries rasa at all
    ],
)
def test_a_required_part_cannot_be_skipped(tmp_path: Path, source: str, require: str, passes: bool) -> None:
    shutil.copy(CONFTEST, tmp_path / "conftest.py")
    (tmp_path / "pytest.ini").write_text(INI)
    (tmp_path / "test_sample.py").write_text(source)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**os.environ, "SHOUWANG_REQUIRE": require, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    passed = run.returncode in (0, 5)  # 5: nothing collected
    assert passed is passes, run.stdout
    if not passes and "rasa" not in require:
        assert "no server here" in run.stdout or "not allowed here" in run.stdout
