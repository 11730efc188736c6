/** What an app loads with its first call, in one file: what no call needs before it is no part of a client's first load. */
export { connect } from "./connection.js";
export { PlainReader } from "./plain-reader.js";
export { Sender } from "./sender.js";
