/** What the tests and the worker use of the booth. */
export { makeBallot, publicCredential, readElection, secretExponent, tracker } from "./ballot.js";
export { encode, isElement, Q, ready, type Draw } from "./group.js";
