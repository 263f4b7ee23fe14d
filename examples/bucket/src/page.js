/** Shows a run, as `/?token=...&run=...`, and starts one. */
export const page = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width" />
  <title>What the bucket costs</title>
  <style>
    body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; color-scheme: light dark; }
    progress { width: 100%; height: 1.5rem; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.5rem; }
    dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
  </style>
  <h1>What the bucket costs</h1>
  <form>
    <label>Prefix <input name="prefix" /></label>
    <button>Start a run</button>
  </form>
  <progress hidden></progress>
  <p role="status"></p>
  <dl></dl>
  <script type="module">
    const parameters = new URLSearchParams(location.search);
    const headers = { authorization: "Bearer " + parameters.get("token") };
    const bar = document.querySelector("progress");
    const status = document.querySelector("[role=status]");

    async function show(run) {
      const answer = await fetch("/runs/" + run, { headers });
      if (!answer.ok) return (status.textContent = await answer.text());
      const sums = await answer.json();
      const isDone = sums.isListed && sums.files >= sums.listed;
      bar.hidden = false;
      bar.max = sums.listed || 1;
      bar.value = sums.files;
      status.textContent = isDone ? "Done." : sums.isListed ? "Reading." : "Listing and reading.";
      const number = (value) => BigInt(value).toLocaleString();
      const rows = {
        Model: sums.model,
        "Objects read": number(sums.files) + " of " + number(sums.listed) + (sums.isListed ? "" : " so far"),
        "No image or video": number(sums.failed),
        Bytes: number(sums.bytes),
        "Input tokens": number(sums.inputTokens),
        "US dollars": sums.usd.toLocaleString(undefined, { minimumFractionDigits: 4 }),
      };
      const cells = Object.entries(rows).flatMap(([name, value]) => {
        const [term, figure] = [document.createElement("dt"), document.createElement("dd")];
        [term.textContent, figure.textContent] = [name, value];
        return [term, figure];
      });
      document.querySelector("dl").replaceChildren(...cells);
      if (!isDone) setTimeout(show, 2000, run);
    }

    document.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      const prefix = new FormData(event.target).get("prefix");
      const answer = await fetch("/runs", { method: "POST", headers, body: JSON.stringify({ prefix }) });
      if (!answer.ok) return (status.textContent = await answer.text());
      parameters.set("run", (await answer.json()).run);
      history.replaceState(null, "", "?" + parameters);
      show(parameters.get("run"));
    });

    if (parameters.has("run")) show(parameters.get("run"));
  </script>
</html>
`;
