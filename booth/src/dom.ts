/** Elements of the page, and the words that stand on it. */
import { each } from "./plain.js";

type Attributes = Record<string, string | boolean | ((event: Event) => void)>;

/** An element: attributes (true: there, false: not), handlers (`onclick`), and what is in it. */
export function h(tag: string, attributes: Attributes = {}, ...inside: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  each(Object.keys(attributes), (name) => {
    const value = attributes[name];
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  });
  each(inside, (one) => {
    element.appendChild(typeof one === "string" ? document.createTextNode(one) : one);
  });
  return element;
}

/** Empty an element, and put these in it. */
export function put(into: Element, inside: readonly Node[]): void {
  while (into.firstChild) into.removeChild(into.firstChild);
  each(inside, (one) => into.appendChild(one));
}

/**
 * What stands on the page under a name, in the language of the page; `{name}` in it is replaced.
 *
 * The words are in the template of the page (`booth_words.html`), where they are translated like all others.
 */
export function say(word: string, given: Record<string, string | number> = {}): string {
  const page = document.getElementById("booth-words") as HTMLTemplateElement | null;
  let text = page?.content.querySelector(`[data-word="${word}"]`)?.textContent?.trim() ?? word;
  each(Object.keys(given), (name) => {
    text = text.replace(`{${name}}`, () => String(given[name]));
  });
  return text;
}
