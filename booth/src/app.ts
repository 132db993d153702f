/**
 * The booth's page: choose, check, done, for each paper of the voter in turn.
 *
 * It draws and listens. What it must not get wrong it leaves to `filling` (what stands on a paper) and to the worker
 * (credential, sealing, sending), which no other script of the page can reach.
 */
import { employ, Troubled, type Ask } from "./asking.js";
import { blankTick, choosing } from "./choosing.js";
import { fromAddress } from "./credential.js";
import type { Paper, Told } from "./data.js";
import { h, put, say } from "./dom.js";
import { EMPTY, faultOf, warnings, type Fault, type Filled } from "./filling.js";
import { each } from "./plain.js";
import { ranking, type Sheet } from "./ranking.js";
import type { Receipt } from "./receipt.js";

declare const WORKER: string;

/** First of all: the credential leaves the address before anything else is done. */
let carried = fromAddress();

const root = document.getElementById("booth") as HTMLElement;
const screen = h("div", { class: "screen" });
const live = h("p", { class: "unseen", role: "status", "aria-live": "polite" });
const { ask, end } = employ(new URL(WORKER, import.meta.url)) as { ask: Ask; end: () => void };

let told: Told;
let number = 0;
let filled: Filled = EMPTY;
let trusted = false;

const tell = (text: string): void => {
  live.textContent = text;
};
const paper = (): Paper => told.papers[number] as Paper;

/** Show a screen: its heading has the focus, and is read out. */
function show(title: string, inside: (Node | "")[]): void {
  const heading = h("h2", { tabindex: "-1", class: "screen-title" }, title);
  put(screen, [heading]);
  each(inside, (one) => {
    if (one !== "") screen.appendChild(one);
  });
  tell("");
  heading.focus();
  heading.scrollIntoView({ block: "start" });
}

/** A place for what went wrong: read out as soon as something stands in it. */
function fault(): { element: HTMLElement; say: (text: string, link?: HTMLElement) => void } {
  const element = h("div", { role: "alert", class: "fault-place" });
  return {
    element,
    say: (text, link) => put(element, text ? [h("p", { class: "fault" }, text, link ?? "")] : []),
  };
}

/** What to tell the voter of something that did not work. */
function worded(what: unknown): { text: string; link?: HTMLElement } {
  const { trouble, message } = what instanceof Troubled ? what : new Troubled("worker", "");
  const text = say(`trouble-${trouble}`, { message });
  if (trouble !== "session") return { text };
  return { text, link: h("a", { href: root.dataset.again ?? "/" }, say("again-link")) };
}

const step = (at: number): HTMLElement =>
  h("p", { class: "kicker" }, (told.papers.length > 1 ? say("paper-of", { at: number + 1, of: told.papers.length, section: paper().section }) + " · " : "") + say("step", { at, of: 3 }));

const button = (word: string, act: () => void, kind = ""): HTMLElement =>
  h("button", { type: "button", class: kind, onclick: act }, say(word));

// --- choose ------------------------------------------------------------------------------------------------------

function choose(): void {
  if (paper().castBefore && !told.revote) {
    return show(say("voted-title"), [step(1), h("p", {}, say("trouble-voted", { message: "" })), next()]);
  }
  const wrong = fault();
  const sheet: Sheet = { paper: paper(), filled: () => filled, fill: (now) => ((filled = now), wrong.say("")), tell };
  const ranked = paper().kind === "rank";
  const widget = ranked ? ranking(sheet) : choosing(sheet);
  const inside: (Node | "")[] = [step(1), h("p", { class: "headline" }, paper().question)];
  if (paper().closes) inside[inside.length] = h("p", { class: "help" }, say("closes", { when: paper().closes }));
  if (paper().castBefore) inside[inside.length] = h("p", { class: "aside" }, say("warning-again"));
  inside[inside.length] = widget.element;
  let tick: HTMLInputElement | null = null;
  if (ranked && paper().blank) {
    const blank = blankTick(sheet, widget.draw);
    tick = blank.querySelector("input");
    inside[inside.length] = blank;
    const fill = sheet.fill;
    sheet.fill = (now) => {
      fill(now);
      if (tick) tick.checked = now.blank;
    };
    if (tick) tick.checked = filled.blank;
  }
  const code = trusted ? null : credentialField();
  if (code) inside[inside.length] = code.element;
  const form = h(
    "form", { class: "booth-form", autocomplete: "off", onsubmit: (event) => (event.preventDefault(), void sealed()) },
    wrong.element, h("div", { class: "actions" }, h("button", { type: "submit" }, say("to-check"))),
  );
  each(inside, (one) => one !== "" && form.insertBefore(one, wrong.element));
  show(say("choose-title"), [form]);

  async function sealed(): Promise<void> {
    const reason: Fault = faultOf(paper(), filled);
    if (reason) {
      const least = paper().kind === "rank" ? 1 : paper().least;
      return wrong.say(say(`fault-${reason === "empty" && !paper().blank ? "nothing" : words(reason)}`, { least, most: paper().most }));
    }
    try {
      if (code && !trusted) {
        code.say("");
        await ask("credential", { text: code.value() });
        trusted = true;
        code.clear();
      }
      await seal();
    } catch (what) {
      const { text, link } = worded(what);
      const trouble = what instanceof Troubled ? what.trouble : "";
      if (code && (trouble === "form" || trouble === "unknown")) code.say(text);
      else wrong.say(text, link);
      tell("");
    }
  }
}

const words = (reason: Fault): string => (reason === "too few" ? "few" : reason === "too many" ? "many" : reason);

/** Where the credential is typed. The field has no name: no form can send it. */
function credentialField(): { element: HTMLElement; value: () => string; say: (text: string) => void; clear: () => void } {
  const wrong = fault();
  const input = h("input", {
    type: "text", id: "credential", autocomplete: "off", autocapitalize: "none", autocorrect: "off", spellcheck: "false",
    class: "mono", "aria-describedby": "credential-help",
  }) as HTMLInputElement;
  wrong.element.id = "credential-fault";
  const element = h(
    "div", { class: "field credential" },
    h("label", { for: "credential" }, say("credential")),
    h("p", { class: "help", id: "credential-help" }, say("credential-help")),
    wrong.element, input,
  );
  if (carried) input.value = carried;
  carried = "";
  return {
    element,
    value: () => input.value,
    clear: () => {
      input.value = "";
    },
    say: (text) => {
      wrong.say(text);
      input.setAttribute("aria-invalid", text ? "true" : "false");
      input.setAttribute("aria-describedby", text ? "credential-fault credential-help" : "credential-help");
      if (text) input.focus();
    },
  };
}

/** Seal the paper and go to the check. Throws Troubled. */
async function seal(): Promise<void> {
  tell(say("sealing"));
  performance.mark("booth-seal");
  const codes = await ask("seal", { paper: number, filled });
  performance.measure("booth-sealed", "booth-seal");
  check(codes);
}

// --- check -------------------------------------------------------------------------------------------------------

/** What stands on the paper, in words. */
function answered(): HTMLElement {
  if (filled.blank) return h("p", { class: "headline vote" }, say("blank-vote"));
  const list = h(paper().kind === "rank" ? "ol" : "ul", { class: "vote" });
  each(filled.chosen, (name) => list.appendChild(h("li", {}, paper().names[name] as string)));
  return list;
}

const fact = (word: string, value: string): HTMLElement =>
  h("div", {}, h("dt", {}, say(word)), h("dd", { class: "mono", "data-fact": word }, value));

function check(codes: { commitment: string; tracker: string }): void {
  const wrong = fault();
  let busy = false;
  const cast = button("cast", () => void send());
  const change = button("change", () => busy || choose(), "plain");
  const audit = button("audit", () => void open(), "plain");
  const opening = h("details", { class: "audit" }, h("summary", {}, say("audit-summary")), h("p", {}, say("audit-help")), h("p", {}, audit));
  const warned = h("ul", { class: "warnings" });
  each(warnings(paper(), filled, told), (one) =>
    warned.appendChild(h("li", {}, say(`warning-${one}`, { count: filled.chosen.length, of: paper().names.length, most: paper().most }))),
  );
  const promises = told.promises ? h("a", { href: told.promises, target: "_blank", rel: "noopener" }, say("promises")) : "";
  warned.appendChild(h("li", {}, say("warning-device"), " ", promises));
  show(say("check-title"), [
    step(2), h("p", { class: "soft" }, paper().question), answered(),
    h("div", { class: "aside" }, h("h3", {}, say("before")), warned),
    h("h3", {}, say("codes")), h("p", {}, say("codes-help")),
    h("dl", { class: "facts" }, fact("tracker", codes.tracker), fact("commitment", codes.commitment)),
    wrong.element, h("div", { class: "actions" }, cast, change),
    opening,
  ]);

  async function once(act: () => Promise<void>): Promise<void> {
    if (busy) return;
    busy = true;
    each([cast, change, audit], (one) => one.setAttribute("aria-disabled", "true"));
    wrong.say("");
    try {
      await act();
    } catch (what) {
      const { text, link } = worded(what);
      wrong.say(text, link);
      const trouble = what instanceof Troubled ? what.trouble : "";
      if (trouble === "offline" || trouble === "busy" || trouble === "session") cast.textContent = say("cast-again");
      tell("");
    }
    busy = false;
    each([cast, change, audit], (one) => one.removeAttribute("aria-disabled"));
  }

  const send = (): Promise<void> =>
    once(async () => {
      tell(say("sending"));
      // Once it is sent it may be in the box, whatever is answered: what is shown of it could be sold.
      opening.hidden = true;
      done(await ask("cast", {}));
    });
  const open = (): Promise<void> =>
    once(async () => {
      audited(await ask("audit", {}), codes);
    });
}

// --- audit -------------------------------------------------------------------------------------------------------

function audited(opened: { text: string; box: string }, codes: { commitment: string }): void {
  const wrong = fault();
  const again = async (): Promise<void> => {
    try {
      await seal();
    } catch (what) {
      wrong.say(worded(what).text);
    }
  };
  const file = h("textarea", { class: "mono", readonly: true, rows: "12", "aria-label": say("audit-file") }) as HTMLTextAreaElement;
  file.value = opened.text;
  show(say("audit-title"), [
    step(2), h("p", {}, say("audit-done")), answered(),
    h("dl", { class: "facts" }, fact("commitment", codes.commitment)),
    h("p", {}, say("audit-check")), h("p", {}, h("code", { class: "mono" }, `selectorate ballot audit ballot-${opened.box}.audit.json --election ${opened.box}.bel`)),
    h("p", {}, download("audit-save", `ballot-${opened.box}.audit.json`, opened.text)),
    h("details", {}, h("summary", {}, say("audit-file")), file),
    wrong.element, h("div", { class: "actions" }, button("new", () => void again()), button("change", choose, "plain")),
  ]);
}

/** A link to a file that is made here, in the browser. */
function download(word: string, name: string, text: string): HTMLElement {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  return h("a", { class: "button plain", href: address, download: name }, say(word));
}

// --- done --------------------------------------------------------------------------------------------------------

function done(receipt: Receipt): void {
  filled = EMPTY;
  const last = number + 1 >= told.papers.length;
  if (last) end();
  const good = receipt.good ? "" : h("p", { class: "fault", role: "alert" }, say("receipt-wrong"));
  const find = told.find
    ? h("p", {}, say("find-help"), " ", h("a", { href: told.find }, say("find")))
    : h("p", {}, say("find-help"));
  show(say("done-title"), [
    step(3), good, h("p", { class: "headline" }, say("done")),
    h("dl", { class: "facts" }, fact("tracker", receipt.tracker), fact("event", receipt.event), fact("height", `${receipt.height}`)),
    h("p", {}, download("receipt-save", `receipt-${paper().box}.json`, receipt.text)),
    find, h("p", { class: "note" }, say("not-promised")), last ? h("p", {}, say("close")) : next(),
  ]);
}

/** On to the next paper, or the end. */
function next(): HTMLElement {
  if (number + 1 >= told.papers.length) return h("p", {}, say("close"));
  const go = (): void => {
    number += 1;
    filled = EMPTY;
    choose();
  };
  return h("div", { class: "actions" }, button("next", go));
}

// --- begin -------------------------------------------------------------------------------------------------------

async function begin(): Promise<void> {
  try {
    told = await ask("start", { address: new URL(root.dataset.address ?? "", location.href).href });
  } catch (what) {
    const { text, link } = worded(what);
    const wrong = fault();
    show(say("trouble-title"), [wrong.element, h("div", { class: "actions" }, button("retry", () => void begin()))]);
    return wrong.say(text, link);
  }
  if (!told.papers.length) return show(say("trouble-title"), [h("p", {}, say("no-paper"))]);
  if (carried) {
    try {
      trusted = await ask("credential", { text: carried });
      carried = "";
    } catch {
      // It stays in the field, where it is told once the voter has gone on.
    }
  }
  choose();
}

put(root, [screen, live]);
addEventListener("hashchange", () => {
  const found = fromAddress();
  if (!found || trusted) return;
  const field = document.getElementById("credential") as HTMLInputElement | null;
  if (field) field.value = found;
  else carried = found;
});
void begin();
