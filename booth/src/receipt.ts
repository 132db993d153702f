/** The receipt for a ballot, held to what was cast before the voter is shown it. */
import { fromBase64, isSigned } from "./group.js";

/** What a receipt says. `text`: the whole receipt, to be kept. */
export interface Receipt {
  tracker: string;
  event: string;
  height: number;
  text: string;
  /** Whether it speaks of this ballot and, where the key is known, is signed by the office. */
  good: boolean;
}

const SIGNED = ["format", "contest", "box", "credential", "tracker", "event", "height"] as const;

/** The receipt that `raw` is. Throws an Error if it is none. */
export function readReceipt(raw: string, cast: { box: string; credential: string; tracker: string }, key: string): Receipt {
  const value = JSON.parse(raw) as Record<string, unknown> | null;
  if (!value || value.format !== "selectorate-receipt-1") throw new Error("this is no receipt");
  const good =
    value.box === cast.box && value.credential === cast.credential && value.tracker === cast.tracker &&
    (!key || isReceiptSigned(value, key));
  return {
    tracker: String(value.tracker),
    event: String(value.event),
    height: Number(value.height),
    text: JSON.stringify(value, null, 1) + "\n",
    good,
  };
}

function isReceiptSigned(value: Record<string, unknown>, key: string): boolean {
  const signed = JSON.stringify(Object.fromEntries(SIGNED.map((name) => [name, value[name]])));
  try {
    return isSigned(fromBase64(String(value.signature)), signed, key);
  } catch {
    return false;
  }
}
