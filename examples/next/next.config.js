/** Next's own scripts are inline, so they are allowed here. Of code made at run time, only WebAssembly is. */
const policy = "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'";

export default {
  headers: async () => [{ source: "/:path*", headers: [{ key: "content-security-policy", value: policy }] }],
};
