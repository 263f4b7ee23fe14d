/** A value that notes which of its properties is read: where a conversion stopped is where something is wrong. */
export class Tracked {
  readonly value: unknown;
  /** The property that was read last. */
  last: string;
  readonly #missing: string[] = [];

  constructor(name: string, value: unknown) {
    this.last = name;
    this.value = this.#track(name, value);
  }

  /** The last property of this name that was not there. */
  missing(name: string): string | undefined {
    return this.#missing.findLast((place) => place.endsWith(`.${name}`));
  }

  /** A message of the binary's in JavaScript's terms: its users do not know Rust's types. */
  inWords(message: string): string {
    return message
      .replace(/^Error: /, "")
      .replaceAll("unit value", "nothing")
      .replaceAll("expected u64", "expected a whole number, 0 or more")
      .replaceAll("expected f64", "expected a number");
  }

  #track(place: string, value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    const inside = (key: string | symbol) => (/^\d+$/.test(String(key)) ? `${place}[${String(key)}]` : `${place}.${String(key)}`);
    // Stands for the value: a proxy of what is frozen could not track what is in it.
    return new Proxy(Array.isArray(value) ? [] : {}, {
      get: (_, key) => {
        const found: unknown = Reflect.get(value, key);
        if (typeof key === "symbol" || (Array.isArray(value) && key === "length")) return found;
        this.last = inside(key);
        return this.#track(this.last, found);
      },
      has: (_, key) => {
        const isThere = Reflect.has(value, key);
        if (!isThere) this.#missing.push(inside(key));
        return isThere;
      },
      ownKeys: () => Reflect.ownKeys(value),
      getOwnPropertyDescriptor: (_, key) => {
        const found = Reflect.getOwnPropertyDescriptor(value, key);
        return found && { ...found, configurable: true };
      },
    });
  }
}
