import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const { BASETEN_API_KEY, BASETEN_BASE_URL = "https://inference.baseten.co/v1" } = process.env;

export default defineConfig({
  plugins: [react()],
  server: {
    // During development Vite adds the key, so that the page never has it. In production your own server does.
    proxy: {
      "/v1": {
        target: new URL(BASETEN_BASE_URL).origin,
        changeOrigin: true,
        headers: BASETEN_API_KEY ? { authorization: `Bearer ${BASETEN_API_KEY}` } : {},
      },
    },
  },
});
