/**
 * Lists without their methods.
 *
 * The modules of the page (unlike the worker's) run where extensions and other scripts may have put functions of their
 * own in place of Array.prototype.map, JSON.stringify or BigInt. They use none of them: only what stands here, which is
 * indices, lengths and comparisons. A test holds them to it.
 */

/** Call `what` for each item. */
export function each<T>(list: ArrayLike<T>, what: (item: T, place: number) => void): void {
  for (let place = 0; place < list.length; place += 1) what(list[place] as T, place);
}

/** A new list of what `what` makes of each item. */
export function made<T, U>(list: ArrayLike<T>, what: (item: T, place: number) => U): U[] {
  const found: U[] = [];
  each(list, (item, place) => {
    found[found.length] = what(item, place);
  });
  return found;
}

/** A new list of the items for which `keep` is true. */
export function kept<T>(list: ArrayLike<T>, keep: (item: T) => boolean): T[] {
  const found: T[] = [];
  each(list, (item) => {
    if (keep(item)) found[found.length] = item;
  });
  return found;
}

/** Where `item` stands, or -1. */
export function place<T>(list: ArrayLike<T>, item: T): number {
  for (let here = 0; here < list.length; here += 1) if (list[here] === item) return here;
  return -1;
}

/** A new list with `item` at `at`. */
export function inserted<T>(list: ArrayLike<T>, item: T, at: number): T[] {
  const found: T[] = [];
  for (let here = 0; here <= list.length; here += 1) {
    if (here === at) found[found.length] = item;
    if (here < list.length) found[found.length] = list[here] as T;
  }
  return found;
}

/** A new list without `item`. */
export function without<T>(list: ArrayLike<T>, item: T): T[] {
  return kept(list, (one) => one !== item);
}

/** The texts with `between` between them. */
export function joined(list: ArrayLike<string>, between: string): string {
  let text = "";
  each(list, (item, here) => {
    text += (here ? between : "") + item;
  });
  return text;
}
