import { closed, shape } from "./shape.ts";

export const fileReference = shape("FileReferenceConfig", [
  ["source", "string"],
  ["target", "string"],
  ["uid", "string"],
  ["gid", "string"],
  ["mode", "optional-file-mode"],
]);

export const hook = shape("ServiceHook", [
  ["command", "shell-command", { always: "json" }],
  ["user", "string"],
  ["privileged", "boolean"],
  ["working_dir", "string"],
  ["environment", "mapping-with-equals"],
]);

export const healthcheck = shape("HealthCheckConfig", [
  ["test", "health-test"],
  ["timeout", "optional-duration"],
  ["interval", "optional-duration"],
  ["retries", "optional-integer"],
  ["start_period", "optional-duration"],
  ["start_interval", "optional-duration"],
  ["disable", "boolean"],
]);

export const serviceNetwork = shape("ServiceNetworkConfig", [
  ["aliases", "strings"],
  ["driver_opts", "options"],
  ["gw_priority", "integer"],
  ["interface_name", "string"],
  ["ipv4_address", "string"],
  ["ipv6_address", "string"],
  ["link_local_ips", "strings"],
  ["mac_address", "string"],
  ["priority", "integer"],
]);

export const servicePort = shape("ServicePortConfig", [
  ["name", "string"],
  ["mode", "string"],
  ["host_ip", "string"],
  ["target", "integer"],
  ["published", "string"],
  ["protocol", "string"],
  ["app_protocol", "string"],
]);

export const serviceDependency = shape("ServiceDependency", [
  ["condition", "string"],
  ["restart", "boolean"],
  ["required", "boolean", { always: "both" }],
]);

export const logging = shape("LoggingConfig", [
  ["driver", "string"],
  ["options", "options"],
]);

export const deviceMapping = shape("DeviceMapping", [
  ["source", "string"],
  ["target", "string"],
  ["permissions", "string"],
]);

export const deviceRequest = closed(
  shape("DeviceRequest", [
    ["capabilities", "strings"],
    ["driver", "string"],
    ["count", "device-count"],
    ["device_ids", "strings"],
    ["options", "mapping"],
  ]),
);

const weightDevice = shape("WeightDevice", [
  ["path", "string", { json: "Path", always: "both" }],
  ["weight", "integer", { json: "Weight", always: "both" }],
]);

const throttleDevice = shape("ThrottleDevice", [
  ["path", "string", { json: "Path", always: "both" }],
  ["rate", "bytes", { json: "Rate", always: "both" }],
]);

export const blkio = shape("BlkioConfig", [
  ["weight", "integer"],
  ["weight_device", { listOf: weightDevice }],
  ["device_read_bps", { listOf: throttleDevice }],
  ["device_read_iops", { listOf: throttleDevice }],
  ["device_write_bps", { listOf: throttleDevice }],
  ["device_write_iops", { listOf: throttleDevice }],
]);

export const credentialSpec = shape("CredentialSpecConfig", [
  ["config", "string"],
  ["file", "string"],
  ["registry", "string"],
]);

export const provider = shape("ServiceProviderConfig", [
  ["type", "string"],
  ["options", "multi-options"],
]);

export const serviceModel = shape("ServiceModelConfig", [
  ["endpoint_var", "string"],
  ["model_var", "string"],
]);

const trigger = shape("Trigger", [
  ["path", "string", { always: "both" }],
  ["action", "string", { always: "both" }],
  ["target", "string"],
  ["exec", { value: hook }],
  ["include", "strings"],
  ["ignore", "strings"],
  ["initial_sync", "boolean"],
]);

export const develop = shape("DevelopConfig", [["watch", { listOf: trigger }]]);

export const serviceVolume = shape("ServiceVolumeConfig", [
  ["type", "string"],
  ["source", "string"],
  ["target", "string"],
  ["read_only", "boolean"],
  ["consistency", "string"],
  [
    "bind",
    {
      pointer: shape("ServiceVolumeBind", [
        ["selinux", "string"],
        ["propagation", "string"],
        ["create_host_path", "boolean"],
        ["recursive", "string"],
      ]),
    },
  ],
  [
    "volume",
    {
      pointer: shape("ServiceVolumeVolume", [
        ["labels", "mapping"],
        ["nocopy", "boolean"],
        ["subpath", "string"],
      ]),
    },
  ],
  [
    "tmpfs",
    {
      pointer: shape("ServiceVolumeTmpfs", [
        ["size", "bytes"],
        ["mode", "integer"],
      ]),
    },
  ],
  ["image", { pointer: shape("ServiceVolumeImage", [["subpath", "string"]]) }],
]);
