/** What the page asks of the worker, and what it is answered. */
import type { Told } from "./data.js";
import type { Filled } from "./filling.js";
import type { Receipt } from "./receipt.js";

/** Why something did not work. `message`: what the office said, where it said something. */
export type Trouble =
  | "worker" | "browser" | "data" | "offline" | "session" | "form" | "unknown" | "busy"
  | "closed" | "credential" | "invalid" | "randomness" | "voted" | "paper" | "restored";

/** Each question with its answer. */
export interface Asked {
  /** Read what the office says, from this address. */
  start: { with: { address: string }; answer: Told };
  /** Take a credential. */
  credential: { with: { text: string }; answer: true };
  /** Seal a paper, without showing anything of it to anybody. */
  seal: { with: { paper: number; filled: Filled }; answer: { commitment: string; tracker: string } };
  /** Open the sealed paper instead of casting it; it is gone then. */
  audit: { with: object; answer: { text: string; box: string } };
  /** Cast the sealed paper. */
  cast: { with: object; answer: Receipt };
}

export type Kind = keyof Asked;
export type Question = { [K in Kind]: { id: number; kind: K } & Asked[K]["with"] }[Kind];
export type Answer = { id: number; value: unknown } | { id: number; trouble: Trouble; message: string };
