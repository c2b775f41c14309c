import { isMap, type YamlMap } from "../../yaml/yaml-value.ts";
import { goText } from "../decode/go-text.ts";
import { pathRules, type Rewrite, rewriteTree } from "../path-rules.ts";

/** Fills in what the specification says where a file says nothing, in place. */
export function setDefaults(model: YamlMap): void {
  rewriteTree(model, rules);
}

/** Given values where there are none. */
const filled =
  (defaults: Readonly<Record<string, string>>): Rewrite =>
  (value) => {
    if (isMap(value)) for (const key in defaults) value[key] ??= defaults[key] ?? null;
    return value;
  };

const secret: Rewrite = (value) => {
  if (isMap(value) && value.target === undefined) {
    value.target = `/run/secrets/${goText(value.source ?? null)}`;
  }
  return value;
};

const deviceRequest: Rewrite = (value) => {
  if (isMap(value) && value.device_ids === undefined) value.count ??= "all";
  return value;
};

const rules = pathRules<Rewrite>({
  "services.*.build": filled({ context: "." }),
  "services.*.secrets.*": secret,
  "services.*.ports.*": filled({ protocol: "tcp", mode: "ingress" }),
  "services.*.deploy.resources.reservations.devices.*": deviceRequest,
  "services.*.gpus.*": deviceRequest,
});
