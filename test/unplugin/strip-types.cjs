// A webpack loader that leaves types out.
const { transformSync } = require("esbuild");
module.exports = (code) => transformSync(code, { loader: "ts" }).code;
