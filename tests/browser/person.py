"""Somebody who uses the keyboard and nothing else, for the tests that play a contest through."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import Visitor

from selectorate.office.models import Contest

WATCHED = """() => {
  const usual = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const first = (e) => document.querySelector(`input[type=radio][name="${CSS.escape(e.name)}"]:checked`)
    || document.querySelector(`input[type=radio][name="${CSS.escape(e.name)}"]`);
  window.wanted = [...document.querySelectorAll(usual)].filter((e) => e.tabIndex >= 0 && !e.disabled
    && e.checkVisibility({ contentVisibilityAuto: true }) && (e.type !== "radio" || e === first(e)));
  window.reached = new Map();
  document.addEventListener("focusin", (event) => {
    const style = getComputedStyle(event.target);
    window.reached.set(event.target, style.outlineStyle !== "none" || style.boxShadow !== "none");
  });
  return window.wanted.length;
}"""
MISSED = """() => window.wanted.filter((e) => window.reached.get(e) !== true).map((e) =>
  `${window.reached.has(e) ? "its focus is not seen" : "not reached"}: ${e.outerHTML.slice(0, 120)}`)"""


class Person(Visitor):
    """Somebody who uses the keyboard and nothing else."""

    def fill(self, label: str, text: str) -> None:
        """Write in the field of that label."""
        self._write(self.page.get_by_label(label, exact=True), text)

    def _write(self, field: Locator, text: str) -> None:
        self._reach(field)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def choose(self, label: str) -> None:
        """Choose a radio button or tick a box: reached, and Space."""
        self._reach(self.page.get_by_label(label))
        self.page.keyboard.press("Space")

    def press(self, name: str) -> None:
        """Press a button, or follow a link, of that name with Enter; wait for the page it leads to."""
        self._reach(self._named(name))
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def hit(self, name: str) -> None:
        """Press what stays on its page: a button, or what opens a part of it."""
        found = self._named(name)
        self._reach(found if found.count() else self.page.locator("summary", has_text=name).first)
        self.page.keyboard.press("Enter")

    def save(self, name: str, path: object) -> None:
        """Press what gives a file, and keep it under ``path``."""
        self._reach(self._named(name))
        with self.page.expect_download() as coming:
            self.page.keyboard.press("Enter")
        coming.value.save_as(str(path))

    def _named(self, name: str) -> Locator:
        button = self.page.get_by_role("button", name=name, exact=True)
        return (button if button.count() else self.page.get_by_role("link", name=name, exact=True)).first

    def _reach(self, target: Locator) -> None:
        assert target.evaluate("e => e.tabIndex >= 0"), "it can be reached with Tab"
        target.focus()

    def sees(self, text: str) -> None:
        """There is such a text on the page."""
        assert text in self.page.locator("main").inner_text(), (text, self.page.locator("main").inner_text())

    def awaits(self, heading: str) -> None:
        """A part of a page that is put in place by a script: its heading comes, and has the focus."""
        expect(self.page.get_by_role("heading", name=heading, exact=True)).to_be_focused(timeout=20_000)

    def examine(self, name: str) -> Page:
        """``look``, and go through the whole page with Tab: everything is reached, and its focus is seen."""
        page = self.look(name)
        page.evaluate("() => { window.scrollTo(0, 0); if (document.activeElement) document.activeElement.blur(); }")
        for _press in range(page.evaluate(WATCHED) + 5):
            page.keyboard.press("Tab")
        assert page.evaluate(MISSED) == [], page.url
        return page


def declare(alice: Person, bob: Person, contest: Contest, name: str) -> None:
    """The result proposed by one official and confirmed by another, each on their page."""
    alice.go(f"/contests/{contest.slug}/office/declare/")
    alice.look(name)
    alice.press("Propose to declare this")
    bob.go(f"/contests/{contest.slug}/office/declare/")
    bob.page.get_by_role("button", name="Confirm").first.focus()
    with bob.page.expect_navigation():
        bob.page.keyboard.press("Enter")
    contest.refresh_from_db()
    assert contest.status == Contest.Status.DECLARED, bob.page.locator("main").inner_text()
