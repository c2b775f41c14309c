/** A row of a list as templates see it: its fields in the order of their names, as `{{json .}}` gives them. */
export class ListRow {
  readonly [field: string]: unknown;

  constructor(fields: Readonly<Record<string, unknown>>) {
    for (const [name, value] of Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))) {
      Object.defineProperty(this, name, { value, enumerable: true });
    }
  }
}
