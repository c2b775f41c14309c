/**
 * A row of a list as templates see it: its fields in the order of their names, as `{{json .}}`
 * gives them. A field that is a getter is worked out when it is asked for.
 */
export class ListRow {
  readonly [field: string]: unknown;

  constructor(fields: Readonly<Record<string, unknown>>) {
    const descriptors = Object.entries(Object.getOwnPropertyDescriptors(fields));
    for (const [name, descriptor] of descriptors.sort(([a], [b]) => (a < b ? -1 : 1))) {
      Object.defineProperty(this, name, descriptor);
    }
  }
}
