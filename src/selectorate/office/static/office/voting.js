// The way from the link in the registrar's mail to the booth. The credential stands behind the "#" of that link: it is
// taken out of the address at once, kept in this window's memory and nowhere else, and handed to the booth. So that it
// stays there, the forms in between are sent without leaving the page. Without this script they are sent as forms.
"use strict";
(() => {
  const FORM = /^#[0-9A-Za-z-]{15,40}$/; // as the booth reads it; no heading of these pages is called so
  let held = "";

  function show() {
    for (const one of document.querySelectorAll("[data-credential]")) {
      one.hidden = (one.dataset.credential === "held") !== (held !== "");
    }
  }

  function take() {
    if (document.querySelector("[data-booth-data], #booth")) return; // the booth takes it itself
    if (FORM.test(location.hash)) {
      held = location.hash;
      history.replaceState(null, "", location.pathname);
    }
    show();
  }

  function leave(address) {
    const to = new URL(address, location.href);
    to.hash = held;
    held = "";
    location.assign(to);
  }

  async function send(form, submitter) {
    let answer, text;
    try {
      answer = await fetch(form.action, { method: "POST", body: new FormData(form, submitter), credentials: "same-origin" });
      text = await answer.text();
    } catch {
      for (const one of document.querySelectorAll("[data-offline]")) one.hidden = false;
      return;
    }
    if (answer.redirected && new URL(answer.url).pathname.endsWith("/booth/")) {
      leave(answer.url);
      return;
    }
    const page = new DOMParser().parseFromString(text, "text/html");
    const main = page.querySelector("main");
    document.querySelector("main").replaceWith(main);
    document.title = page.title;
    show();
    (main.querySelector(".wrong input, form[data-step] input:not([type=hidden]), a[data-booth]") || main).focus();
    window.scrollTo(0, 0);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-step]")) return;
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "1";
    send(form, event.submitter).finally(() => delete form.dataset.sent);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-booth]");
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    leave(link.href);
  });
  window.addEventListener("hashchange", take);
  take();
})();
