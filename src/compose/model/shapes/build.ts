import { shape } from "./shape.ts";
import { fileReference } from "./small.ts";

export const build = shape("BuildConfig", [
  ["context", "string"],
  ["dockerfile", "string"],
  ["dockerfile_inline", "string"],
  ["entitlements", "strings"],
  ["args", "mapping-with-equals"],
  ["provenance", "string"],
  ["sbom", "string"],
  ["ssh", "ssh"],
  ["labels", "labels"],
  ["cache_from", "string-list"],
  ["cache_to", "string-list"],
  ["no_cache", "boolean"],
  ["additional_contexts", "mapping"],
  ["pull", "boolean"],
  ["extra_hosts", "hosts"],
  ["isolation", "string"],
  ["network", "string"],
  ["target", "string"],
  ["secrets", { listOf: fileReference }],
  ["shm_size", "bytes"],
  ["tags", "string-list"],
  ["ulimits", "ulimits"],
  ["platforms", "string-list"],
  ["privileged", "boolean"],
]);
