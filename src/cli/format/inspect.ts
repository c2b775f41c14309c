import { parseExactJson } from "./exact-json.ts";
import { goJson } from "./go-json.ts";
import { indentJson } from "./indent-json.ts";
import { type Template, template } from "./template.ts";

/** What inspect commands print: a JSON list for people, one line of it, or a template for each. */
export function formatInspected(found: readonly unknown[], format: string, typeName?: string): string {
  if (format === "") return found.length === 0 ? "[]\n" : `${goJson(found, "    ")}\n`;
  if (format === "json") return `${goJson(found)}\n`;
  const parsed = template(format);
  return found.length === 0 ? "\n" : found.map((one) => `${parsed.format(one, typeName)}\n`).join("");
}

/** What Docker's program knows of a thing besides the JSON the engine gave. */
export interface InspectedType {
  /** The Go struct it is read into first; a template that does not fit it is tried on the JSON. */
  readonly name: string;
  /** Where the JSON is not tried. */
  readonly only?: boolean;
}

/** Collects things of which engines gave the JSON, and prints them as it came. */
export class Inspector {
  readonly #format: string;
  readonly #template: Template | undefined;
  readonly #found: string[] = [];
  #text = "";

  /** Throws for a template that cannot be parsed. */
  constructor(format: string) {
    this.#format = format;
    this.#template = format === "" || format === "json" ? undefined : template(format);
  }

  /** Throws for a template that does not fit. */
  async add(json: string, type?: InspectedType): Promise<void> {
    if (this.#template) this.#text += `${await this.#byTemplate(this.#template, json, type)}\n`;
    else this.#found.push(json.trim());
  }

  text(): string {
    if (this.#template) return this.#text === "" ? "\n" : this.#text;
    const list = `[${this.#found.join(",")}]`;
    if (this.#format === "json") return `${list}\n`;
    return this.#found.length === 0 ? "[]\n" : `${indentJson(list)}\n`;
  }

  async #byTemplate(parsed: Template, json: string, type: InspectedType | undefined): Promise<string> {
    const value = parseExactJson(json);
    if (type) {
      const { typed } = await import("./go-types/typed.ts");
      try {
        return parsed.format(typed(type.name, value));
      } catch (error) {
        if (type.only) throw error;
      }
    }
    return parsed.format(value);
  }
}
