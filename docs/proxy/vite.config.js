/**
 * Vite, while you develop: `/v1/…` goes to the provider, with the key that only the server knows.
 *
 *     BASETEN_API_KEY=… npx vite
 */
const { BASETEN_API_KEY, UPSTREAM = "https://inference.baseten.co" } = process.env;

export default {
  server: {
    proxy: {
      "/v1": {
        target: UPSTREAM,
        changeOrigin: true,
        headers: { authorization: `Bearer ${BASETEN_API_KEY}` },
      },
    },
  },
};
