import { isMap, type YamlMap } from "../../yaml/yaml-value.ts";
import { goText } from "../decode/go-text.ts";
import { pathRules, type Rewrite, rewriteTree } from "../path-rules.ts";
import { isAddress } from "../short-forms/port.ts";

/** What the schema cannot say about single values. Throws a ComposeFileError. */
export function checkValues(model: YamlMap): void {
  rewriteTree(model, rules);
}

/** What exists already is not described: it has a name and nothing else. */
const volume: Rewrite = (value, spot) => {
  if (value === null) return value;
  if (!isMap(value)) throw spot.fail(`expected volume, got ${goText(value)}`);
  if (value.external !== true) return value;
  for (const key of Object.keys(value)) {
    if (key === "name" || key === "external" || key.startsWith("x-")) continue;
    throw spot.below(key).fail(`conflicting parameters "external" and ${JSON.stringify(key)} specified`);
  }
  return value;
};

const fileObject =
  (...sources: readonly string[]): Rewrite =>
  (value, spot) => {
    const object = isMap(value) ? value : {};
    const given = sources.filter((source) => object[source] !== undefined);
    if (given.length > 1) throw spot.fail(`${sources.join("|")} attributes are mutually exclusive`);
    if (given.length === 0 && object.driver === undefined && object.external === undefined) {
      throw spot.fail(`one of ${sources.join("|")} must be set`);
    }
    return value;
  };

const port: Rewrite = (value, spot) => {
  if (!isMap(value) || value.host_ip === undefined || isAddress(goText(value.host_ip))) return value;
  throw spot.below("host_ip").fail(`invalid ip address: ${goText(value.host_ip)}`);
};

const watchPath: Rewrite = (value, spot) => {
  if (value === "") throw spot.fail("value can't be blank");
  return value;
};

const deviceRequest: Rewrite = (value, spot) => {
  if (isMap(value) && value.count !== undefined && value.device_ids !== undefined) {
    throw spot.fail('"count" and "device_ids" attributes are exclusive');
  }
  return value;
};

const notNegative: Rewrite = (value, spot) => {
  if (typeof value === "number" && value < 0) throw spot.fail(`must not be negative: ${value}`);
  return value;
};

const rules = pathRules<Rewrite>({
  "volumes.*": volume,
  "configs.*": fileObject("file", "environment", "content"),
  "secrets.*": fileObject("file", "environment"),
  "services.*.ports.*": port,
  "services.*.develop.watch.*.path": watchPath,
  "services.*.deploy.placement.max_replicas_per_node": notNegative,
  "services.*.deploy.resources.reservations.devices.*": deviceRequest,
  "services.*.deploy.restart_policy.max_attempts": notNegative,
  "services.*.deploy.rollback_config.parallelism": notNegative,
  "services.*.deploy.update_config.parallelism": notNegative,
  "services.*.healthcheck.retries": notNegative,
  "services.*.gpus.*": deviceRequest,
});
