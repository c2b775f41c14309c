/**
 * A row of a list as templates see it: its fields in the order of their names, as `{{json .}}`
 * gives them. A field that is costly to work out is a getter, and is asked for when it is shown.
 */
export class ListRow {
  readonly [field: string]: unknown;

  constructor(fields: Readonly<Record<string, unknown>>) {
    const all = Object.entries(Object.getOwnPropertyDescriptors(fields));
    for (const [name, { get, value }] of all.sort(([a], [b]) => (a < b ? -1 : 1))) {
      Object.defineProperty(this, name, { ...(get ? { get } : { value }), enumerable: true });
    }
  }
}
