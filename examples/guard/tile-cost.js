// <tile-cost model="moonshotai/Kimi-K3" for="photo"></tile-cost> beside <input type="file" id="photo">
import { compare, inspect } from "tilewise";

class TileCost extends HTMLElement {
  #controller = new AbortController();

  connectedCallback() {
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    const input = document.getElementById(this.getAttribute("for"));
    input?.addEventListener("change", () => this.show(input.files[0]), { signal });
  }

  disconnectedCallback() {
    this.#controller.abort();
  }

  async show(file) {
    this.textContent = "";
    if (!file) return;
    try {
      const media = [{ facts: await inspect(file, { signal: this.#controller.signal }), via: "base64", data: file }];
      const draft = { model: this.getAttribute("model"), text: "", media };
      const [{ estimate, errors }] = compare(draft, { models: [{ id: draft.model }] });
      const problems = errors.map(({ message }) => message);
      this.textContent = [`${estimate.mediaTokens} tokens, $${estimate.cost.inputUsd ?? "?"}`, ...problems].join(" ");
    } catch (error) {
      if (error.code !== "aborted") this.textContent = error.message;
    }
  }
}

customElements.define("tile-cost", TileCost);
