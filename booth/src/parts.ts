/** What the tests import of the booth's pure parts. */
export { auditFile } from "./audit.js";
export { prepareBallot, publicCredential, secretExponent, signBallot, tracker } from "./ballot.js";
export { tidied } from "./credential.js";
export { readData } from "./data.js";
export * from "./filling.js";
export { ready } from "./group.js";
export * from "./plain.js";
export { readReceipt } from "./receipt.js";
