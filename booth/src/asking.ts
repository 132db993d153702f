/** The page's side of the worker: questions with answers, one at a time or several. */
import type { Answer, Asked, Kind, Trouble } from "./messages.js";

/** What did not work, as the worker tells it. */
export class Troubled {
  constructor(readonly trouble: Trouble, readonly message: string) {}
}

export type Ask = <K extends Kind>(kind: K, given: Asked[K]["with"]) => Promise<Asked[K]["answer"]>;
type Waiting = { yes: (value: never) => void; no: (fault: Troubled) => void };

/** Start the worker at an address. `end`: it is gone, with all that it knew. */
export function employ(address: URL): { ask: Ask; end: () => void } {
  const waiting: Record<number, Waiting> = Object.create(null) as Record<number, Waiting>;
  let last = 0;
  let gone: Troubled | undefined;
  const worker = new Worker(address, { type: "module" });
  worker.onmessage = (event: MessageEvent<Answer>) => {
    const answer = event.data;
    const one = waiting[answer.id];
    delete waiting[answer.id];
    if (!one) return;
    if ("trouble" in answer) one.no(new Troubled(answer.trouble, answer.message));
    else one.yes(answer.value as never);
  };
  worker.onerror = () => {
    gone = new Troubled("browser", "");
    for (let id = 1; id <= last; id += 1) waiting[id]?.no(gone);
  };
  const ask: Ask = (kind, given) =>
    new Promise((yes, no) => {
      if (gone) return no(gone);
      last += 1;
      waiting[last] = { yes, no };
      worker.postMessage({ id: last, kind, ...given });
    });
  return {
    ask,
    end: () => {
      gone = new Troubled("worker", "");
      worker.terminate();
    },
  };
}
