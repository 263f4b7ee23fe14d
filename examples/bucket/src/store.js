/** What is known of runs, in D1. */

export async function startRun({ DB }, { prefix, model }) {
  const id = crypto.randomUUID();
  await DB.batch([
    DB.prepare("INSERT INTO runs (id, prefix, model, started) VALUES (?, ?, ?, ?)").bind(id, prefix, model, new Date().toISOString()),
    DB.prepare("INSERT INTO sums (run) VALUES (?)").bind(id),
  ]);
  return id;
}

export async function isPageDone({ DB }, run, number) {
  return (await DB.prepare("SELECT 1 FROM pages WHERE run = ? AND number = ?").bind(run, number).first()) !== null;
}

export async function notePage({ DB }, { run, number, files, isLast }) {
  await DB.prepare("INSERT OR IGNORE INTO pages (run, number, files, is_last) VALUES (?, ?, ?, ?)")
    .bind(run, number, files, isLast ? 1 : 0)
    .run();
}

const FIGURES = ["bytes", "format", "width", "height", "tokens", "input_tokens", "pico_usd", "problems", "failure"];

/** All in one statement: D1 takes at most 100 parameters, and as JSON they are one. */
export async function saveObjects({ DB }, run, rows, { onlyNew = false } = {}) {
  const columns = FIGURES.join(", ");
  const values = FIGURES.map((name) => `value ->> '$.${name}'`).join(", ");
  const changes = FIGURES.map((name) => `${name} = excluded.${name}`).join(", ");
  const differs = FIGURES.map((name) => `${name} IS NOT excluded.${name}`).join(" OR ");
  // A row that says the same is not written again: rows that are written are paid for.
  const conflict = onlyNew ? "DO NOTHING" : `DO UPDATE SET ${changes} WHERE ${differs}`;
  await DB.prepare(`INSERT INTO objects (run, key, ${columns}) SELECT ?1, value ->> '$.key', ${values} FROM json_each(?2) WHERE true ON CONFLICT (run, key) ${conflict}`)
    .bind(run, JSON.stringify(rows))
    .run();
}

/**
 * Sums as text: they may be above what a number of JavaScript holds exactly. A page that failed behind its last step is noted
 * after those that follow it, so the listing is complete when no number is missing.
 */
export function progressOf({ DB }, run) {
  return DB.prepare(
    `SELECT runs.id AS run, prefix, model, started, sums.files, failed, bytes,
       CAST(input_tokens AS TEXT) AS inputTokens, CAST(pico_usd AS TEXT) AS picoUsd, pico_usd / 1e12 AS usd,
       (SELECT ifnull(sum(files), 0) FROM pages WHERE run = runs.id) AS listed,
       (SELECT ifnull(max(is_last) AND count(*) = max(number) + 1, 0) FROM pages WHERE run = runs.id) AS isListed
     FROM runs JOIN sums ON sums.run = runs.id WHERE runs.id = ?`,
  )
    .bind(run)
    .first();
}

/** A page of rows, a line of JSON each. The last key of a page is `after` of the next. */
export async function objectsOf({ DB }, run, after) {
  const { results } = await DB.prepare(`SELECT key, ${FIGURES.join(", ")} FROM objects WHERE run = ? AND key > ? ORDER BY key LIMIT 1000`)
    .bind(run, after)
    .all();
  const lines = results.map((row) => `${JSON.stringify(row)}\n`);
  return new Response(lines.join(""), { headers: { "content-type": "application/x-ndjson" } });
}
