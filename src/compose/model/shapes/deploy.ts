import { shape } from "./shape.ts";
import { deviceRequest } from "./small.ts";

const updateConfig = shape("UpdateConfig", [
  ["parallelism", "optional-integer"],
  ["delay", "duration"],
  ["failure_action", "string"],
  ["monitor", "duration"],
  ["max_failure_ratio", "float"],
  ["order", "string"],
]);

const genericResource = shape("GenericResource", [
  [
    "discrete_resource_spec",
    {
      pointer: shape("DiscreteGenericResource", [
        ["kind", "string", { always: "both" }],
        ["value", "integer", { always: "both" }],
      ]),
    },
  ],
]);

const resource = shape("Resource", [
  ["cpus", "cpus"],
  ["memory", "bytes"],
  ["pids", "integer"],
  ["devices", { listOf: deviceRequest }],
  ["generic_resources", { listOf: genericResource }],
]);

const resources = shape("Resources", [
  ["limits", { pointer: resource }],
  ["reservations", { pointer: resource }],
]);

const restartPolicy = shape("RestartPolicy", [
  ["condition", "string"],
  ["delay", "optional-duration"],
  ["max_attempts", "optional-integer"],
  ["window", "optional-duration"],
]);

const placement = shape("Placement", [
  ["constraints", "strings"],
  ["preferences", { listOf: shape("PlacementPreferences", [["spread", "string"]]) }],
  ["max_replicas_per_node", "integer"],
]);

export const deploy = shape("DeployConfig", [
  ["mode", "string"],
  ["replicas", "optional-integer"],
  ["labels", "labels"],
  ["update_config", { pointer: updateConfig }],
  ["rollback_config", { pointer: updateConfig }],
  ["resources", { value: resources }],
  ["restart_policy", { pointer: restartPolicy }],
  ["placement", { value: placement }],
  ["endpoint_mode", "string"],
]);
