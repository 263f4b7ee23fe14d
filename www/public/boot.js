// Starts the page, then what serves it offline: not before it has loaded, so as not to compete with it.
import start from "./tilewise-www.js";

start({ module_or_path: new URL("./tilewise-www.wasm", import.meta.url) });

const keep = () => navigator.serviceWorker.register(new URL("./sw.js", import.meta.url)).catch(() => {});
if ("serviceWorker" in navigator) {
  if (document.readyState === "complete") keep();
  else addEventListener("load", keep);
}
