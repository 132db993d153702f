/** A credential as people bring it: in the address of a letter, typed, or pasted with or without dashes. */

const LETTERS = /^[1-9A-HJ-NP-Za-km-z]{22}$/;
const LIKE_ONE = /^#[0-9A-Za-z-]{15,40}$/;

/** The credential in its one form, XXXXX-XXXXXX-XXXXX-XXXXXX; "" if `text` cannot be one. Never repeats it. */
export function tidied(text: string): string {
  const letters = text.replace(/[\s\-\u2010-\u2015\u2212.]/g, "");
  if (!LETTERS.test(letters)) return "";
  return `${letters.slice(0, 5)}-${letters.slice(5, 11)}-${letters.slice(11, 16)}-${letters.slice(16)}`;
}

/**
 * The credential in the page's address, or "": taken out of the address and so of the browser's history at once.
 *
 * What is too short or too strange to be one (the place of a heading) is left alone.
 */
export function fromAddress(): string {
  const hash = location.hash;
  if (!LIKE_ONE.test(hash)) return "";
  history.replaceState(null, "", location.pathname + location.search);
  return hash.slice(1);
}
