import type { YamlPath } from "../../yaml/yaml-value.ts";

/** Notes a problem of a service, at a path below it. */
export type Note = (path: YamlPath, message: string, nearest?: string) => void;

/** What Docker Compose ends such sentences with. */
export const invalid = "invalid compose project";
