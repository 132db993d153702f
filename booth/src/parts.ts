/** What the tests import of the booth's pure parts. */
export { auditFile } from "./audit.js";
export { prepareBallot, publicCredential, readElection, secretExponent, signBallot, tracker } from "./ballot.js";
export { tidied } from "./credential.js";
export { readData } from "./data.js";
export * from "./filling.js";
export { Q, ready } from "./group.js";
export * from "./plain.js";
export { readReceipt } from "./receipt.js";
