/** Next's own scripts are inline, and so allowed here; no code may be made of strings but WebAssembly. */
const policy = "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'";

export default {
  headers: async () => [{ source: "/:path*", headers: [{ key: "content-security-policy", value: policy }] }],
};
