/** A chart of lines over two logarithmic axes, as SVG that follows the reader's light or dark setting. */
const [WIDTH, HEIGHT] = [720, 420];
const PLOT = { left: 64, top: 24, right: 470, bottom: 360 };

/** In an order in which neighbours differ for who sees few colours (Okabe and Ito, 2008). */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];

export function chart(counts, lines) {
  const decades = lines.flatMap(({ us }) => us).map(Math.log10);
  const [low, high] = [Math.floor(Math.min(...decades)), Math.ceil(Math.max(...decades))];
  const most = Math.log10(counts.at(-1));
  const x = (count) => round(PLOT.left + (Math.log10(count) / most) * (PLOT.right - PLOT.left));
  const y = (us) => round(PLOT.bottom - ((Math.log10(us) - low) / (high - low)) * (PLOT.bottom - PLOT.top));
  const powers = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  const labels = apart(lines.map(({ us }) => y(us.at(-1))));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title">
<title id="title">Time for each media item or file, by their number</title>
<style>
  text { font: 13px system-ui, sans-serif; fill: #333 }
  .grid { stroke: #ddd }
  .back { fill: #fff }
  @media (prefers-color-scheme: dark) { text { fill: #ccc } .grid { stroke: #444 } .back { fill: #16181d } }
</style>
<rect class="back" width="${WIDTH}" height="${HEIGHT}"/>
${powers.map((us) => `<path class="grid" d="M${PLOT.left} ${y(us)}H${PLOT.right}"/><text x="${PLOT.left - 8}" y="${y(us) + 4}" text-anchor="end">${named(us)}</text>`).join("\n")}
${counts.map((count) => `<path class="grid" d="M${x(count)} ${PLOT.top}V${PLOT.bottom}"/><text x="${x(count)}" y="${PLOT.bottom + 20}" text-anchor="middle">${count.toLocaleString("en-GB")}</text>`).join("\n")}
<text x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 46}" text-anchor="middle">media or files at once; a flat line is linear work</text>
${lines.map(({ name, us }, index) => line(name, us.map((value, at) => [x(counts[at]), y(value)]), COLOURS[index], labels[index])).join("\n")}
</svg>
`;
}

function line(name, points, colour, label) {
  const dots = points.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="4" fill="${colour}"/>`).join("");
  return `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="2.5"/>${dots}<text x="${PLOT.right + 12}" y="${label + 4}">${name}</text>`;
}

/** Labels that do not cover each other. */
function apart(places) {
  const LINE = 18;
  const moved = [...places];
  const order = places.map((_, index) => index).toSorted((a, b) => places[a] - places[b]);
  for (const [rank, index] of order.entries()) {
    if (rank > 0) moved[index] = Math.max(moved[index], moved[order[rank - 1]] + LINE);
  }
  return moved;
}

const named = (us) => (us < 1000 ? `${us} µs` : `${us / 1000} ms`);

const round = (value) => Math.round(value * 10) / 10;
