// The site's own Pyodide, for the kernel of the JupyterLite page. The kernel would look for other names
// (.mjs), to which many servers give a useless type, and for a list that names packages of other hosts.

import createPyodideModule from "../../_static/live/pyodide/pyodide.asm.js";
import { loadPyodide as load } from "../../_static/live/pyodide/pyodide.js";

const here = new URL("./", import.meta.url).href;

export function loadPyodide(options) {
  return load({
    ...options,
    createPyodideModule,
    indexURL: new URL("../../_static/live/pyodide/", here).href,
    lockFileURL: new URL("LOCK", here).href,
    packageBaseUrl: here,
  });
}
