"""The page in a real browser, every request recorded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from .serving import FLAGS, MISSING, chromium, running

expect.set_options(timeout=60_000)  # the first answers compete with the models that are still loading


@pytest.fixture(scope="package")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page that answers by quotation."""
    with running(tmp_path_factory.mktemp("app"), GENOASSIST_ENGINE="extractive") as url:
        yield url


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; skipped where there is none, unless CI=true or GENOASSIST_REQUIRE_BROWSER=1 say there must be one."""
    path = chromium()
    if path is None:
        needed = os.environ.get("CI") == "true" or os.environ.get("GENOASSIST_REQUIRE_BROWSER") == "1"
        (pytest.fail if needed else pytest.skip)(MISSING)
    with sync_playwright() as playwright:
        driven = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield driven
        driven.close()


@pytest.fixture(scope="package")
def writing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page that writes with the language model, which is loading at first."""
    with running(tmp_path_factory.mktemp("writing"), GENOASSIST_ENGINE="auto") as url:
        yield url


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the page as a reader with that locale and screen; at the end, no other host may have been asked."""
    contexts, asked, broken = [], [], []

    def visit(
        url: str, locale: str = "en-GB", width: int = 1440, height: int = 900, scheme: str = "light", lost: bool = False
    ) -> Page:
        context = browser.new_context(
            locale=locale, viewport={"width": width, "height": height}, reduced_motion="reduce", color_scheme=scheme,
            permissions=["clipboard-read", "clipboard-write"],
        )  # fmt: skip
        context.set_default_timeout(60_000)
        context.set_default_navigation_timeout(180_000)  # a model that is loading can hold the page back
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        if not lost:  # a fetch that fails is an error of its own
            page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(url)
        page.wait_for_selector("#report .sentence")
        page.wait_for_selector("#offered .chip")
        return page

    yield visit
    for context in contexts:
        context.close()
    # A data: or blob: address is no request to anybody.
    local = ("http://127.0.0.1:", "data:", "blob:http://127.0.0.1:")
    assert asked
    assert [url for url in asked if not url.startswith(local)] == []
    assert broken == []
