/**
 * What a person does first, from a photo to an answer, run inside the page. It knows no driver, and names nothing
 * outside itself, so that every browser runs the same; it answers what it saw, and why it ended.
 */
export async function flow() {
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const text = (selector, within = document) => (within && find(selector, within)?.textContent) ?? "";
  const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
  const until = async (what, seek) => {
    const end = performance.now() + 30_000;
    for (;;) {
      const found = seek();
      if (found) return found;
      if (performance.now() > end) throw new Error(`${what} did not come`);
      await pause();
    }
  };
  const press = async (name, within = document) => {
    const named = (button) => !button.disabled && (button.getAttribute("aria-label") ?? button.textContent.trim()) === name;
    const button = await until(`the button "${name}"`, () => all("button, summary", within).find(named));
    button.click();
  };
  const set = (field, value) => {
    field.value = value;
    for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
  };
  const card = (name) => all(".card").find((card) => text("h3", card) === name);
  const figure = (name, id) => text(`[data-testid=${id}]`, card(name));
  const equal = (what, seen, wanted) => {
    if (seen !== wanted) throw new Error(`${what}: ${JSON.stringify(seen)} in place of ${JSON.stringify(wanted)}`);
  };

  const notes = [];
  try {
    const begun = performance.now();
    await press("Photo");
    await until("the photograph's figures", () => figure("landscape.jpg", "processor"));
    notes.push(`figures after ${Math.round(performance.now() - begun)} ms`);
    // 1600 × 1200 under the first model, Kimi K3: 58 × 43 times 2 × 2 patches.
    equal("processor", figure("landscape.jpg", "processor"), "2,494");

    await press("Remove landscape.jpg");
    await press("Video");
    const facts = await until("the video's facts", () => figure("clip.mp4", "facts"));
    notes.push(`the video: ${facts}`);
    await press("Remove clip.mp4");
    await press("Photo");
    await until("the photograph again", () => figure("landscape.jpg", "processor"));

    await press("Compare");
    await until("the comparison", () => all("[data-testid=comparison] tbody tr").length >= 4);

    await press("Inspect landscape.jpg");
    const inspector = await until("the inspector", () => find("dialog.viewer[open] .inspector"));
    await press("Resize", inspector);
    const form = await until("the goal", () => find("dialog.viewer .fit"));
    set(find("input[placeholder=any]", form), "20");
    await press("Resize & compress", form);
    const steps = await until("the smaller photo", () => text("[data-testid=steps]", find("dialog.viewer")));
    notes.push(`resized: ${steps}`);
    await press("Close", find("dialog.viewer"));

    await press("Ask", find(".tabs"));
    set(find("[data-testid=endpoint]"), "same-origin");
    set(find("textarea"), "Which **browser** is this?");
    await press("Ask", find("form.ask"));
    await until("the answer", () => text(".conversation [role=status]").includes("Done"));
    const bold = all("[data-testid=answer] strong").map(({ textContent }) => textContent);
    equal("the bold words of the answer end with", bold.at(-1), "browser");
    if (document.documentElement.scrollWidth > window.innerWidth) throw new Error("the page scrolls sideways");
    return { notes };
  } catch (error) {
    return { notes, failure: error.message };
  }
}
