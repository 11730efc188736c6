// What `taskgen doctor` looks at; it loads with that verb.
export { checkBroker } from "./broker.js";
export { checkPackages } from "./packages.js";
export { checkProject } from "./project.js";
