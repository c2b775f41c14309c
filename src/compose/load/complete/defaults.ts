import { isMap, type YamlMap, type YamlValue } from "../../yaml/yaml-value.ts";
import { goText } from "../decode/go-text.ts";
import { pathRules, type Rewrite, rewriteTree } from "../path-rules.ts";

/** Fills in what the specification says where a file says nothing, in place. */
export function setDefaults(model: YamlMap): void {
  rewriteTree(model, rules);
}

const filled =
  (defaults: (value: YamlMap) => Readonly<Record<string, YamlValue>>): Rewrite =>
  (value) => {
    if (!isMap(value)) return value;
    for (const [key, fallback] of Object.entries(defaults(value))) {
      if (value[key] === undefined) value[key] = fallback;
    }
    return value;
  };

const deviceRequest = filled(({ device_ids }): YamlMap => (device_ids === undefined ? { count: "all" } : {}));

const rules = pathRules<Rewrite>({
  "services.*.build": filled(() => ({ context: "." })),
  "services.*.secrets.*": filled(({ source = null }) => ({ target: `/run/secrets/${goText(source)}` })),
  "services.*.ports.*": filled(() => ({ protocol: "tcp", mode: "ingress" })),
  "services.*.deploy.resources.reservations.devices.*": deviceRequest,
  "services.*.gpus.*": deviceRequest,
});
