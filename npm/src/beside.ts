/**
 * Where a file of the package lies. Vite's development server moves scripts of packages into a folder of its own, and
 * not what lies beside them: https://vite.dev/guide/dep-pre-bundling. Elsewhere a URL stays as it is.
 */
export function ofPackage(beside: URL): URL {
  return new URL(beside.href.replace("/node_modules/.vite/deps/", "/node_modules/tilewise/"));
}
