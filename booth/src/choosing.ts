/** Papers on which names are chosen: one, several, or yes or no. */
import { h, put, say } from "./dom.js";
import { blanked, offersBlank, room, ticked } from "./filling.js";
import { each, place } from "./plain.js";
import type { Sheet } from "./ranking.js";

/** The names to choose from. `draw` brings the marks and the count up to date. */
export function choosing(sheet: Sheet): { element: HTMLElement; draw: () => void } {
  const { paper, tell } = sheet;
  const several = paper.kind === "choose up to";
  const rule = several ? say("choose-up-to", { least: paper.least, most: paper.most }) : say("choose-one");
  const count = h("p", { class: "help" });
  const list = h("ul", { class: "choices" });
  const element = h("fieldset", { class: "field choosing" }, h("legend", {}, rule), list, count);

  function draw(): void {
    const { chosen, blank } = sheet.filled();
    each(list.querySelectorAll("input"), (input) => {
      input.checked = input.value === "blank" ? blank : place(chosen, Number(input.value)) >= 0;
    });
    if (several) put(count, [document.createTextNode(say("chosen", { count: chosen.length, most: room(paper) }))]);
  }

  function option(value: string, text: string): void {
    const change = (event: Event): void => {
      const on = (event.target as HTMLInputElement).checked;
      const filled = sheet.filled();
      sheet.fill(value === "blank" ? blanked(filled, on) : ticked(paper, filled, Number(value), on));
      draw();
      if (several) tell(say("chosen", { count: sheet.filled().chosen.length, most: room(paper) }));
    };
    const input = h("input", { type: several ? "checkbox" : "radio", name: "choice", value, onchange: change });
    list.appendChild(h("li", {}, h("label", {}, input, text)));
  }

  each(paper.order, (name) => option(String(name), paper.names[name] as string));
  if (offersBlank(paper)) option("blank", say("blank"));
  draw();
  return { element, draw };
}

/** The tick for a blank ranking. */
export function blankTick(sheet: Sheet, changed: () => void): HTMLElement {
  const change = (event: Event): void => {
    sheet.fill(blanked(sheet.filled(), (event.target as HTMLInputElement).checked));
    changed();
  };
  const input = h("input", { type: "checkbox", onchange: change, "data-blank": true });
  return h("p", { class: "field" }, h("label", { class: "choice" }, input, say("blank")));
}
