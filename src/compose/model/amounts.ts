/** Nanoseconds, the unit of the Engine API. Printed as Go does: `1m30s`. */
export type Duration = number;

/** Bytes. Printed as a string of digits. */
export type Bytes = number;

/** Permission bits. Printed in octal: `"0440"`. */
export type FileMode = number;

/** Keys with values; null takes the value of the environment, and is no variable where there is none. */
export type MappingWithEquals = Readonly<Record<string, string | null>>;

export type Mapping = Readonly<Record<string, string>>;
