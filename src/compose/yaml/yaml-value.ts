/**
 * What a document says, as plain values. Whole numbers a double cannot hold are bigint. Mappings have
 * text keys only: anything else as a key is refused, as Docker Compose does.
 */
export type YamlValue = null | boolean | number | bigint | string | YamlList | YamlMap;
export type YamlList = YamlValue[];
export interface YamlMap {
  [key: string]: YamlValue;
}

/** Keys and indices from the root to a value. */
export type YamlPath = readonly (string | number)[];

export function isMap(value: YamlValue | undefined): value is YamlMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
