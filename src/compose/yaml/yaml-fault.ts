/** What cannot be read, and at which offset. */
export class YamlFault extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}
