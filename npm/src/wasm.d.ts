/** What edge runtimes make of an imported binary. */
declare module "*.wasm" {
  const binary: WebAssembly.Module;
  export default binary;
}

declare module "*.wasm?module" {
  const binary: WebAssembly.Module;
  export default binary;
}
