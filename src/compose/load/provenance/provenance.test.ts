import { expect, test } from "bun:test";
import { basename } from "node:path";
import { composeFiles } from "../../../../tests/setup/compose-files.ts";
import type { Place } from "../provenance.ts";

const where = ({ file, line, column }: Place) => `${basename(file)}:${line}:${column}`;

test("every value knows the file it is from, and what it took the place of", async () => {
  using files = composeFiles({
    "compose.yaml": `
include: [more.yaml]
services:
  base: {image: base}
  web:
    extends: base
    environment: {A: "1", B: "2"}
    ports: ["80:80"]
`,
    "more.yaml": "services: {cache: {image: c}}\n",
    "compose.override.yaml": "services:\n  web:\n    image: web\n    environment: [B=3]\n",
  });
  const origins = (await files.load()).origins();
  const told = (path: string) => {
    const origin = origins.get(path);
    if (!origin) return undefined;
    const overrode = origin.overrode.map(({ place, value }) => `${where(place)}=${String(value)}`);
    return [origin.by, where(origin.place), ...overrode];
  };
  expect(told("services.web.image")).toEqual([
    "override",
    "compose.override.yaml:3:12",
    "compose.yaml:4:17=base",
  ]);
  expect(told("services.web.environment.A")).toEqual(["file", "compose.yaml:7:22"]);
  expect(told("services.web.environment.B")).toEqual([
    "override",
    "compose.override.yaml:4:19",
    "compose.yaml:7:30=2",
  ]);
  expect(told("services.web.ports[0].target")).toEqual(["file", "compose.yaml:8:13"]);
  expect(told("services.cache.image")).toEqual(["include", "more.yaml:1:27"]);
  expect(told("services.web.networks.default")?.[0]).toBe("default");
});

test("what is taken over from another service says so", async () => {
  using files = composeFiles({
    "compose.yaml": "services:\n  base: {image: i}\n  web: {extends: base, command: c}\n",
  });
  const origins = (await files.load()).origins();
  expect(origins.get("services.web.image")?.by).toBe("extends");
  expect(origins.get("services.web.command[0]")?.by ?? origins.get("services.web.command")?.by).toBe("file");
  expect(origins.get("services.base.image")?.by).toBe("file");
});

test("a variable knows its sources by rank, and where it is used", async () => {
  using files = composeFiles({
    "compose.yaml": `services: {web: {image: "i:\${TAG:-none}", command: "$ONLY \${MISSING-x}"}}\n`,
    ".env": "# first\nTAG=env\nONLY=once\n",
  });
  const variables = (await files.load({ env: { TAG: "shell" } })).variables();
  const tag = variables.get("TAG");
  expect(tag?.value).toBe("shell");
  expect(tag?.from).toEqual({ kind: "shell", value: "shell" });
  expect(tag?.overrode.map(({ kind, place, value }) => [kind, place && where(place), value])).toEqual([
    ["env-file", ".env:2:1", "env"],
    ["default", "compose.yaml:1:28", "none"],
  ]);
  expect(tag?.uses.map(({ path, text, becomes }) => [path, text, becomes])).toEqual([
    ["services.web.image", `i:\${TAG:-none}`, "i:shell"],
  ]);
  expect(variables.get("ONLY")?.from).toMatchObject({ kind: "env-file", value: "once" });
  expect(variables.get("MISSING")?.from).toMatchObject({ kind: "default", value: "x" });
});
