// A Prettier plugin that formats variables and headers. GraphiQL would load Prettier's JavaScript parser and
// printer for this, half a megabyte; the page already has jsonc-parser.

import { applyEdits, format } from "jsonc-parser";

const options = { insertSpaces: true, tabSize: 2, eol: "\n", insertFinalNewline: true };

export const parsers = {
  jsonc: {
    astFormat: "jsonc",
    parse: (text) => applyEdits(text, format(text, undefined, options)),
    locStart: () => 0,
    locEnd: (text) => text.length,
  },
};

export const printers = {
  jsonc: { print: (path) => path.node },
};
