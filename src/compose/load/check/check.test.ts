import { expect, test } from "bun:test";
import { composeFiles } from "../../../../tests/setup/compose-files.ts";

const invalid = "invalid compose project";

test.each([
  [
    "command: x",
    `15: services.a: service "a" has neither an image nor a build context specified: ${invalid}`,
  ],
  [
    "image: i, networks: [front]",
    `37: services.a.networks.front: service "a" refers to undefined network front: ${invalid}`,
  ],
  [
    "image: i, volumes: [datta:/d]",
    `36: services.a.volumes[0]: service "a" refers to undefined volume datta: ${invalid} (did you mean "data"?)`,
  ],
  [
    "image: i, secrets: [s]",
    `36: services.a.secrets[0]: service "a" refers to undefined secret s: ${invalid}`,
  ],
  [
    "image: i, configs: [c]",
    `36: services.a.configs[0]: service "a" refers to undefined config c: ${invalid}`,
  ],
  ["image: i, models: [m]", `35: services.a.models.m: service "a" refers to undefined model m: ${invalid}`],
  [
    "image: i, depends_on: [othr]",
    `39: services.a.depends_on.othr: service "a" depends on undefined service "othr": ${invalid} (did you mean "other"?)`,
  ],
  [
    "image: i, depends_on: [dev]",
    `39: services.a.depends_on.dev: service "a" depends on undefined service "dev": ${invalid} (it is disabled; profiles that enable it: p)`,
  ],
  [
    "image: i, depends_on: [constructor]",
    `39: services.a.depends_on.constructor: service "a" depends on undefined service "constructor": ${invalid}`,
  ],
  ["image: i, depends_on: [a]", `39: services.a.depends_on.a: dependency cycle detected: a -> a`],
  [
    'image: i, network_mode: "service:x"',
    `12: services.a.depends_on.x: service "a" depends on undefined service "x": ${invalid}`,
  ],
  [
    "image: i, network_mode: host, networks: [n]",
    `40: services.a.network_mode: service a declares mutually exclusive \`network_mode\` and \`networks\`: ${invalid}`,
  ],
  [
    "image: i, container_name: one, scale: 2",
    `42: services.scale: can't set container_name and a as container name must be unique: ${invalid}`,
  ],
  [
    "image: i, scale: 2, deploy: {replicas: 3}",
    `33: services.a: can't set distinct values on 'scale' and 'deploy.replicas': ${invalid}`,
  ],
  [
    "image: i, mem_limit: 1m, deploy: {resources: {limits: {memory: 2m}}}",
    `37: services.a: can't set distinct values on 'mem_limit' and 'deploy.resources.limits.memory': ${invalid}`,
  ],
  [
    "image: i, healthcheck: {test: [x]}",
    `46: services.a.healthcheck.test: healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"`,
  ],
  [
    'image: i, tmpfs: [/x, "/x:size=1"]',
    "38: services.a.tmpfs[1]: target /x already mounted as services.a.tmpfs[0]",
  ],
  ["image: i, mem_limit: 5x", "37: services.a.mem_limit: invalid suffix: 'x'"],
  [
    "image: i, stop_grace_period: 5y",
    '45: services.a.stop_grace_period: time: unknown unit "y" in duration "5y"',
  ],
  ['image: i, ports: ["a:80"]', "34: services.a.ports[0]: invalid hostPort: a"],
  [
    'image: i, devices: ["a:b:c:d"]',
    "36: services.a.devices[0]: confusing device mapping, please use long syntax: a:b:c:d",
  ],
  ["image: i, ports: [{target: 80, host_ip: q}]", "56: services.a.ports[0].host_ip: invalid ip address: q"],
  [
    "image: i, volumes: [{type: bind, target: /x}]",
    '36: services.a.volumes[0]: invalid mount config for type "bind": field Source must not be empty',
  ],
  [
    "image: i, env_file: none.env",
    "26: services.a.env_file[0]: env file none.env not found: stat none.env: no such file or directory",
  ],
])("a service with %s", async (text, sentence) => {
  using files = composeFiles({
    "compose.yaml": `services: {a: {${text}}, other: {image: i}, dev: {image: i, profiles: [p]}}\nvolumes: {data: {}}\nnetworks: {n: {}}\n`,
  });
  expect(await files.mistakes()).toEqual([`compose.yaml:1:${sentence}`]);
});

test.each([
  [
    "secrets: {s: {file: a, environment: b}}",
    "2:14: secrets.s: file|environment attributes are mutually exclusive",
  ],
  ["secrets: {s: {}}", "2:14: secrets.s: one of file|environment must be set"],
  [
    "volumes: {v: {external: true, driver: x}}",
    '2:39: volumes.v.driver: conflicting parameters "external" and "driver" specified',
  ],
])("%s", async (text, sentence) => {
  using files = composeFiles({ "compose.yaml": `services: {a: {image: i}}\n${text}\n` });
  expect(await files.mistakes()).toEqual([`compose.yaml:${sentence}`]);
});

test("all mistakes are told at once, and none when nobody wants to know", async () => {
  using files = composeFiles({
    "compose.yaml":
      "services:\n  b: {command: c}\n  a:\n    image: i\n    networks: [x]\n    volumes: [yy:/y]\n",
  });
  expect((await files.mistakes()).map((line) => line.split(": ")[0])).toEqual([
    "compose.yaml:2:6",
    "compose.yaml:5:16",
    "compose.yaml:6:15",
  ]);
  expect(await files.mistakes({}, { checkConsistency: false })).toEqual([]);
});
