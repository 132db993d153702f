/**
 * The worker: it alone reads what the office sends, knows the credential, seals ballots and sends them.
 *
 * It has globals of its own, which no other script of the page can reach. The credential is kept in memory, sent
 * nowhere, and gone when the page ends the worker.
 */
import { prepareBallot, publicCredential, secretExponent, signBallot, tracker, type Prepared } from "./ballot.js";
import { auditFile } from "./audit.js";
import { tidied } from "./credential.js";
import { readData, type Data, type Held } from "./data.js";
import { answerOf, faultOf, type Filled } from "./filling.js";
import { ready } from "./group.js";
import type { Question, Trouble } from "./messages.js";
import { readReceipt, type Receipt } from "./receipt.js";

/** A paper that is sealed and may be cast: once opened, it is forgotten. */
interface Sealed {
  held: Held;
  prepared: Prepared;
  key: string;
  ballot: string;
  /** It has been sent, once at least: it may be in the box, whatever was answered, and is never opened any more. */
  sent: boolean;
}

/** Something that did not work, for the page to tell. */
class TroubleError extends Error {
  constructor(readonly trouble: Trouble, message = "") {
    super(message);
  }
}

const CODES: readonly string[] = ["closed", "credential", "invalid", "randomness", "voted", "paper", "restored"];
let data: Data | undefined;
let credential = "";
let sealed: Sealed | undefined;

const given = (): Data => {
  if (!data) throw new TroubleError("data");
  return data;
};

async function asked(address: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, { credentials: "same-origin", cache: "no-store", redirect: "manual", ...init });
  } catch {
    throw new TroubleError("offline");
  }
  if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
    throw new TroubleError("session");
  }
  return response;
}

async function start(address: string): Promise<unknown> {
  try {
    await ready();
  } catch (fault) {
    throw new TroubleError("browser", String(fault));
  }
  const response = await asked(address, {});
  if (!response.ok) throw refusal(response.status, await response.text().catch(() => ""), "data");
  try {
    data = readData(await response.text(), self.location.origin);
  } catch (fault) {
    throw new TroubleError("data", fault instanceof Error ? fault.message : "");
  }
  return data.told;
}

/** Take a credential, if it is the voter's in every box. */
function take(text: string): true {
  const found = tidied(text);
  if (!found) throw new TroubleError("form");
  for (const { paper, credential: expected } of given().held) {
    if (expected && publicCredential(paper.box, found) !== expected) throw new TroubleError("unknown");
  }
  credential = found;
  return true;
}

function seal(number: number, filled: Filled): unknown {
  sealed = undefined;
  const held = given().held[number];
  if (!held || !credential) throw new TroubleError("credential");
  if (faultOf(held.paper, filled)) throw new TroubleError("invalid");
  const { election, question } = held;
  const secret = secretExponent(election.uuid, credential);
  const key = publicCredential(election.uuid, credential);
  const prepared = prepareBallot(election, key, [answerOf(held.paper, filled, question.kind === "choice")]);
  const ballot = signBallot(prepared, secret);
  sealed = { held, prepared, key, ballot, sent: false };
  return { commitment: prepared.commitment, tracker: tracker(ballot) };
}

/** Open the sealed ballot, if its signed form has left the worker for nowhere; that is forgotten first. */
function audit(): unknown {
  if (!sealed || sealed.sent) throw new TroubleError("invalid");
  const { prepared, held } = sealed;
  sealed = undefined;
  return { text: auditFile(prepared), box: held.paper.box };
}

async function cast(): Promise<Receipt> {
  if (!sealed) throw new TroubleError("invalid");
  const { held, key, ballot } = sealed;
  const { cast: address, csrf, receipts } = given();
  const box = held.paper.box;
  sealed.sent = true;
  const response = await asked(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({ box, ballot }),
  });
  const text = await response.text().catch(() => {
    throw new TroubleError("offline");
  });
  if (response.ok) {
    let receipt: Receipt;
    try {
      receipt = readReceipt(text, { box, credential: key, tracker: tracker(ballot) }, receipts);
    } catch {
      throw new TroubleError("busy");
    }
    sealed = undefined;
    return receipt;
  }
  throw refusal(response.status, text);
}

function refusal(status: number, text: string, otherwise: Trouble = "invalid"): TroubleError {
  let code = "";
  let message = "";
  try {
    const said = JSON.parse(text) as { code?: unknown; message?: unknown };
    code = String(said.code);
    message = typeof said.message === "string" ? said.message : "";
  } catch {
    // A server in front of the office answers in HTML.
  }
  if (CODES.includes(code)) return new TroubleError(code as Trouble, message);
  return new TroubleError(status >= 500 || status === 429 ? "busy" : otherwise, message);
}

async function answered(question: Question): Promise<unknown> {
  switch (question.kind) {
    case "start":
      return start(question.address);
    case "credential":
      return take(question.text);
    case "seal":
      return seal(question.paper, question.filled);
    case "audit":
      return audit();
    case "cast":
      return cast();
  }
}

self.addEventListener("message", (event: MessageEvent<Question>) => {
  const { id } = event.data;
  answered(event.data).then(
    (value) => self.postMessage({ id, value }),
    (fault: unknown) => {
      const known = fault instanceof TroubleError;
      self.postMessage({ id, trouble: known ? fault.trouble : "worker", message: known ? fault.message : "" });
    },
  );
});
