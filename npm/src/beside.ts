/** Where Vite's development server puts the scripts of packages: https://vite.dev/guide/dep-pre-bundling. */
const MOVED = "/node_modules/.vite/deps/";

/**
 * Where a file of the package lies. Vite's development server moves the scripts into a folder of its own, and not what
 * lies beside them. Elsewhere a URL stays what it is: some bundlers put an object of their own in its place.
 */
export function ofPackage(beside: URL): URL {
  const { href } = beside;
  return href.includes(MOVED) ? new URL(href.replace(MOVED, "/node_modules/tilewise/")) : beside;
}
