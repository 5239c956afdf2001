"""Skips that may not be: `SHOUWANG_REQUIRE=postgres,rasa,browser` turns the skip of a test so marked into a failure.

On a developer's machine a test that needs a server that is not there is skipped with its reason; `.ci/run` has
everything, and a skip there would hide that something was never tried.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

pytest_plugins = ["tests.support.fixtures"]
REQUIRED = frozenset(filter(None, os.environ.get("SHOUWANG_REQUIRE", "").replace(" ", "").split(",")))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    needed = REQUIRED & {marker.name for marker in item.iter_markers()}
    if needed and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = (
            f"Skipped, but {', '.join(sorted(needed))} is required here: {call.excinfo and call.excinfo.value}"
        )
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if REQUIRED and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped as a whole, which is not allowed here."
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests come last: while a browser is open, its event loop runs in this thread and no other can.

    A run over the whole folder that holds no test of a required part, before any are chosen, has not tried that part.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    if config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    absent = sorted(REQUIRED - {marker.name for item in items for marker in item.iter_markers()})
    if absent:
        raise pytest.UsageError(f"No test is marked {', '.join(absent)}, but SHOUWANG_REQUIRE names it.")
