import { fileURLToPath } from "node:url";

export const FIXTURES = fileURLToPath(new URL("../../tests/fixtures/", import.meta.url));
