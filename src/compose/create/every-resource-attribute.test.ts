import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectOf } from "../../../tests/fakes/container-wish.ts";
import { attributePaths } from "../../../tests/setup/schema-paths.ts";
import type { Ipam, Network, Volume } from "../model/resources.ts";
import { networkBody } from "./network-body.ts";
import { volumeBody } from "./volume-body.ts";

const schema = JSON.parse(
  readFileSync(join(import.meta.dir, "../../../reference/compose-spec.schema.json"), "utf8"),
);

const pool = (parts: object): Partial<Network> => ({ ipam: { config: [parts] } as Ipam });

/** What differs in the attribute alone makes another body. */
const networks: Readonly<Record<string, Partial<Network>>> = {
  attachable: { attachable: true },
  driver: { driver: "bridge" },
  driver_opts: { driver_opts: { a: "b" } },
  enable_ipv4: { enable_ipv4: false },
  enable_ipv6: { enable_ipv6: true },
  internal: { internal: true },
  "ipam.driver": { ipam: { driver: "x" } },
  "ipam.config[].subnet": pool({ subnet: "10.0.0.0/24" }),
  "ipam.config[].gateway": pool({ gateway: "10.0.0.1" }),
  "ipam.config[].ip_range": pool({ ip_range: "10.0.0.0/25" }),
  "ipam.config[].aux_addresses": pool({ aux_addresses: { a: "10.0.0.2" } }),
  labels: { labels: { a: "b" } },
  name: { name: "other" },
};

const volumes: Readonly<Record<string, Partial<Volume>>> = {
  driver: { driver: "local" },
  driver_opts: { driver_opts: { a: "b" } },
  labels: { labels: { a: "b" } },
  name: { name: "other" },
};

const elsewhere: Readonly<Record<string, string>> = {
  external: "found, not made",
  "external.name": "found, not made",
  "ipam.options": "in the schema for files of long ago; Docker Compose's model has no place for it",
};

const network = (parts: Partial<Network>) =>
  JSON.stringify(networkBody(projectOf(), "n", { name: "shop_n", ...parts }, "hash"));
const volume = (parts: Partial<Volume>) =>
  JSON.stringify(volumeBody(projectOf(), "v", { name: "shop_v", ...parts }, "hash"));

test("every attribute of a network and a volume makes a difference, or is read somewhere else", () => {
  for (const [definition, probes] of [["network", networks] as const, ["volume", volumes] as const]) {
    const known = [...Object.keys(probes), ...Object.keys(elsewhere)];
    const forgotten = attributePaths(schema, definition).filter(
      (path) =>
        !known.some((one) => one === path || one.startsWith(`${path}.`) || one.startsWith(`${path}[`)),
    );
    expect(forgotten).toEqual([]);
  }
  for (const [path, parts] of Object.entries(networks)) {
    expect([path, network(parts)]).not.toEqual([path, network({ ...(path.includes("config") && pool({})) })]);
  }
  for (const [path, parts] of Object.entries(volumes)) {
    expect([path, volume(parts)]).not.toEqual([path, volume({})]);
  }
});
