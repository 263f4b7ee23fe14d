/** A page that has not loaded the package yet. */
const AsyncFunction = (async () => {}).constructor;

globalThis.measureInPage = (_, script) => new AsyncFunction(script)();
