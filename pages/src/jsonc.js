// A plugin for Prettier that lays out variables and headers. GraphiQL would load Prettier's parser
// and printer of JavaScript for it, half a megabyte; jsonc-parser is in the page already.

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
