// Written by hand: what the generated validator beside it offers.

/** The parts of ajv's errors that are used. */
export interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export const validate: {
  (model: unknown): boolean;
  errors?: readonly SchemaError[] | null;
};

export const schema: SchemaNode;

export interface SchemaNode {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly definitions?: Readonly<Record<string, SchemaNode>>;
}
