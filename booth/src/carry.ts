/**
 * For the pages on the way to the booth: a credential in the address is taken out of the history at once, kept in memory
 * only, and handed to the next page by the address that a form goes to. What stands after "#" is never sent.
 */
import { fromAddress } from "./credential.js";
import { each } from "./plain.js";

let carried = fromAddress();
addEventListener("hashchange", () => {
  carried = fromAddress() || carried;
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form instanceof HTMLFormElement) form.setAttribute("action", onward(form.getAttribute("action") || location.href));
});
each(document.querySelectorAll<HTMLAnchorElement>("a[data-carry]"), (link) => {
  link.addEventListener("click", () => {
    link.href = onward(link.href);
  });
});

/** The address with what is carried, if it is one of this site. */
function onward(address: string): string {
  const url = new URL(address, location.href);
  if (carried && url.origin === location.origin) url.hash = carried;
  return url.href;
}
