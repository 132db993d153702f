/** The ranking as people fill it in: by dragging, by buttons, by keys. It is drawn anew after every change. */
import type { Paper } from "./data.js";
import { h, put, say } from "./dom.js";
import { moved, room, type Filled } from "./filling.js";
import { each, kept, made, place } from "./plain.js";

/** Where the widget keeps what stands on the paper, and tells who cannot see it. */
export interface Sheet {
  paper: Paper;
  filled: () => Filled;
  fill: (filled: Filled) => void;
  tell: (text: string) => void;
}

/** The widget. Its element is filled by `draw`, which is called again when the paper changed elsewhere. */
export function ranking(sheet: Sheet): { element: HTMLElement; draw: () => void } {
  const { paper, tell } = sheet;
  const ranked = h("ol", { class: "ranked", "aria-label": say("ranked") });
  const others = h("ul", { class: "unranked", "aria-label": say("unranked") });
  const hint = h("p", { class: "help" });
  const keys = h("p", { class: "help keys" }, say("rank-keys"));
  const element = h(
    "div", { class: "ranking" },
    h("h3", {}, say("ranked")), hint, keys, ranked, h("h3", {}, say("unranked")), others,
  );
  let dragged = -1;

  const nameOf = (name: number): string => paper.names[name] as string;

  function move(name: number, to: number, focus: string): void {
    const before = sheet.filled();
    const after = moved(paper, before, name, to);
    if (after === before) return tell(say("full", { most: room(paper) }));
    sheet.fill(after);
    draw();
    const at = place(after.chosen, name);
    const count = after.chosen.length;
    tell(at < 0 ? say("taken-off", { name: nameOf(name) }) : say("placed", { name: nameOf(name), place: at + 1, count }));
    if (focus) element.querySelector<HTMLElement>(`[data-name="${name}"] [data-do="${at < 0 ? "add" : focus}"]`)?.focus();
  }

  function button(name: number, what: string, still: boolean, act: () => void): HTMLElement {
    return h(
      "button",
      {
        type: "button", class: "plain", "data-do": what, "aria-label": say(`${what}-name`, { name: nameOf(name) }),
        "aria-disabled": still ? "true" : false, onclick: () => (still ? tell(say("still", { name: nameOf(name) })) : act()),
      },
      say(what),
    );
  }

  function line(name: number, at: number): HTMLElement {
    const last = sheet.filled().chosen.length - 1;
    const grip = h("span", { class: "grip", "aria-hidden": "true", title: say("drag") }, "⠿");
    const buttons = at < 0
      ? [button(name, "add", false, () => move(name, last + 1, "up"))]
      : [
          button(name, "up", at === 0, () => move(name, at - 1, "up")),
          button(name, "down", at === last, () => move(name, at + 1, "down")),
          button(name, "remove", false, () => move(name, -1, "add")),
        ];
    const moves = h("span", { class: "moves" });
    each(buttons, (one) => moves.appendChild(one));
    const number = h("span", { class: "rank", "aria-hidden": "true" }, at < 0 ? "" : String(at + 1));
    return h(
      "li",
      { "data-name": String(name), class: dragged === name ? "dragged" : "", onkeydown: (event) => key(event as KeyboardEvent, name, at) },
      grip, number, h("span", { class: "who" }, nameOf(name)), moves,
    );
  }

  function key(event: KeyboardEvent, name: number, at: number): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const last = sheet.filled().chosen.length - 1;
    const focus = (event.target as HTMLElement).dataset.do || "up";
    if (event.key === "ArrowUp" && at !== 0) move(name, at < 0 ? last + 1 : at - 1, focus === "add" ? "up" : focus);
    else if (event.key === "ArrowDown" && at >= 0 && at < last) move(name, at + 1, focus);
    else if (event.key === "Delete" && at >= 0) move(name, -1, "add");
    else if (event.key >= "1" && event.key <= "9" && event.key.length === 1) {
      move(name, Number(event.key) - 1, focus === "add" ? "up" : focus);
    } else return;
    event.preventDefault();
  }

  /** Where a pointer at this height would put the name that is dragged: a place, or -1 for none. */
  function target(y: number): number {
    const zone = ranked.getBoundingClientRect();
    if (y > zone.bottom + 4) return -1;
    let at = 0;
    each(ranked.children, (item) => {
      if ((item as HTMLElement).dataset.name === String(dragged)) return;
      const box = item.getBoundingClientRect();
      if (y > box.top + box.height / 2) at += 1;
    });
    return at;
  }

  element.addEventListener("pointerdown", (event) => {
    const grip = event.target as HTMLElement;
    if (!grip.classList.contains("grip") || event.button !== 0) return;
    dragged = Number((grip.parentNode as HTMLElement).dataset.name);
    // The element stays where it is; the grip is drawn anew at every step.
    element.setPointerCapture(event.pointerId);
    event.preventDefault();
    draw();
  });
  element.addEventListener("pointermove", (event) => {
    if (dragged < 0) return;
    const to = target(event.clientY);
    if (to !== place(sheet.filled().chosen, dragged)) move(dragged, to, "");
  });
  const drop = (): void => {
    if (dragged < 0) return;
    dragged = -1;
    draw();
  };
  element.addEventListener("pointerup", drop);
  element.addEventListener("pointercancel", drop);

  function draw(): void {
    const { chosen } = sheet.filled();
    put(ranked, made(chosen, line));
    put(others, made(kept(paper.order, (name) => place(chosen, name) < 0), (name) => line(name, -1)));
    put(hint, [document.createTextNode(chosen.length ? say("rank-hint", { most: room(paper) }) : say("none-ranked"))]);
    element.classList.toggle("dragging", dragged >= 0);
  }

  draw();
  return { element, draw };
}
