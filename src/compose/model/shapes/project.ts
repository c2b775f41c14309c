import { service } from "./service.ts";
import { closed, shape } from "./shape.ts";

const ipamPool = closed(
  shape("IPAMPool", [
    ["subnet", "string"],
    ["gateway", "string"],
    ["ip_range", "string"],
    ["aux_addresses", "mapping"],
  ]),
);

const ipam = shape("IPAMConfig", [
  ["driver", "string"],
  ["config", { listOf: ipamPool }],
]);

export const network = shape("NetworkConfig", [
  ["name", "string"],
  ["driver", "string"],
  ["driver_opts", "options"],
  ["ipam", { value: ipam }],
  ["external", "boolean"],
  ["internal", "boolean"],
  ["attachable", "boolean"],
  ["labels", "labels"],
  ["enable_ipv4", "optional-boolean"],
  ["enable_ipv6", "optional-boolean"],
]);

export const volume = shape("VolumeConfig", [
  ["name", "string"],
  ["driver", "string"],
  ["driver_opts", "options"],
  ["external", "boolean"],
  ["labels", "labels"],
]);

/** Configs and secrets. What a secret has from a variable is never printed, nor is that of a config. */
export const fileObject = shape("FileObjectConfig", [
  ["name", "string"],
  ["file", "string"],
  ["environment", "string"],
  ["content", "string"],
  ["external", "boolean"],
  ["labels", "labels"],
  ["driver", "string"],
  ["driver_opts", "options"],
  ["template_driver", "string"],
]);

export const model = shape("ModelConfig", [
  ["name", "string"],
  ["model", "string"],
  ["context_size", "integer"],
  ["runtime_flags", "strings"],
]);

/** JSON has `x-` keys here, and no `models`. */
export const project = shape("Project", [
  ["name", "string"],
  ["services", { mapOf: service }, { always: "both" }],
  ["networks", { mapOf: network }],
  ["volumes", { mapOf: volume }],
  ["secrets", { mapOf: fileObject }],
  ["configs", { mapOf: fileObject }],
  ["models", { mapOf: model }, { json: false }],
]);
