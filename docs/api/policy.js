/**
 * Makes the pages keep the site's Content-Security-Policy, which allows no script and no style within them: the one
 * script that TypeDoc writes into each page becomes a file, the style that its own script adds is left out, `meta` puts
 * the policy itself into them, and a link leads back to the page.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DefaultTheme, DefaultThemeRenderContext, JSX, ParameterType, RendererEvent } from "typedoc";

const SCRIPT = "assets/theme.js";

/** What TypeDoc's own does in a page, but for hiding the page until it is styled. */
const CHOSEN_THEME = 'document.documentElement.dataset.theme = localStorage.getItem("tsd-theme") || "os";\n';

/** What filters write their rules into. There are none (`visibilityFilters`), and empty it is forbidden as well. */
const STYLE = 'document.head.appendChild(document.createElement("style"))';
const NO_STYLE = 'document.createElement("style")';

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.options.addDeclaration({
    name: "meta",
    help: "The site's policy, as a <meta> element",
    type: ParameterType.String,
  });
  app.renderer.defineTheme("policy", Theme);
  app.renderer.hooks.on("head.begin", (context) =>
    JSX.createElement(
      JSX.Fragment,
      null,
      JSX.createElement(JSX.Raw, { html: app.options.getValue("meta") }),
      // Not deferred: what is shown has its colours from the first moment.
      JSX.createElement("script", { src: context.relativeURL(SCRIPT, true) }),
    ),
  );
  app.renderer.hooks.on("sidebar.begin", (context) =>
    JSX.createElement("a", { class: "tsd-page", href: context.relativeURL("../index.html") }, "To the page"),
  );
  app.renderer.on(RendererEvent.END, ({ outputDirectory }) => {
    writeFileSync(join(outputDirectory, SCRIPT), CHOSEN_THEME);
    const main = join(outputDirectory, "assets/main.js");
    const [before, after, ...more] = readFileSync(main, "utf8").split(STYLE);
    if (after === undefined || more.length > 0) throw new Error("TypeDoc's script adds another style than it did");
    writeFileSync(main, before + NO_STYLE + after);
  });
}

class Theme extends DefaultTheme {
  getRenderContext(page) {
    return new Context(this.router, this, page, this.application.options);
  }
}

class Context extends DefaultThemeRenderContext {
  constructor(...given) {
    super(...given);
    const { defaultLayout } = this;
    this.defaultLayout = (template, props) => withoutScripts(defaultLayout(template, props));
  }
}

/** A page without those of its scripts that have no file. */
function withoutScripts(element) {
  if (Array.isArray(element)) return element.map(withoutScripts);
  if (typeof element !== "object" || element === null) return element;
  if (element.tag === "script" && !element.props?.src) return null;
  return { ...element, children: withoutScripts(element.children) };
}
