/** A row of a list as templates see it: its fields in the order of their names, as `{{json .}}` gives them. */
export class ListRow {
  readonly [field: string]: unknown;

  constructor(fields: Readonly<Record<string, unknown>>) {
    // A field that is costly is a getter, and stays one: it is worked out when it is shown.
    for (const name of Object.keys(fields).sort()) {
      const field = Object.getOwnPropertyDescriptor(fields, name);
      if (field) Object.defineProperty(this, name, { ...field, enumerable: true });
    }
  }
}
