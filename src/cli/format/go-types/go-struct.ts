import { goUtcTime } from "../go-time.ts";

/** One field as Go has it: its name there, its name in JSON, whether JSON leaves out its zero. */
export interface GoField {
  readonly name: string;
  readonly json: string;
  readonly omitEmpty: boolean;
}

/**
 * A value of a Go struct: fields in their order, those the JSON left out as well. Templates see
 * Go's names; JSON is written with its own.
 */
export class GoStruct {
  /** `container.State`, in messages about fields that are not there. */
  readonly typeName: string;
  readonly #fields: readonly GoField[];
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(typeName: string, fields: readonly GoField[], values: ReadonlyMap<string, unknown>) {
    this.typeName = typeName;
    this.#fields = fields;
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  get(name: string): unknown {
    return this.#values.get(name);
  }

  values(): unknown[] {
    return this.#fields.map(({ name }) => this.#values.get(name));
  }

  toJSON(): object {
    return Object.fromEntries(
      this.#fields.flatMap(({ name, json, omitEmpty }): [string, unknown][] => {
        const value = this.#values.get(name) ?? null;
        return omitEmpty && isEmpty(value) ? [] : [[json, value]];
      }),
    );
  }
}

/** A pointer to nothing: printed as `<nil>`, where what is not there at all is `<no value>`. */
export class GoNil {
  readonly typeName: string;

  constructor(typeName: string) {
    this.typeName = typeName;
  }

  toJSON(): null {
    return null;
  }
}

/** A moment: JSON has it without zeros at its end, and templates print it in Go's way. */
export class GoTime {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toJSON(): string {
    return this.#text.replace(/(\.\d*?)0+(?=Z|[+-])/, "$1").replace(/\.(?=Z|[+-])/, "");
  }

  toString(): string {
    return goUtcTime(this.#text);
  }
}

/** A map of Go's own types: what it has not got is no mistake, as it is in JSON of unknown shape. */
export class GoMap {
  readonly [key: string]: unknown;

  constructor(entries: object) {
    Object.assign(this, entries);
  }
}

class NilMap extends GoMap {
  toJSON(): null {
    return null;
  }
}

/** A list that is nil prints as an empty one and is null in JSON; a map too. */
export const nilList: readonly never[] = Object.assign([], { toJSON: () => null });
export const nilMap: GoMap = new NilMap({});

/** A struct is never empty, nor is a time; a pointer to one only when it is nil. */
function isEmpty(value: unknown): boolean {
  if (value instanceof GoNil || value === null || value === false || value === 0 || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof GoStruct || value instanceof GoTime) return false;
  return typeof value === "object" && Object.keys(value).length === 0;
}
