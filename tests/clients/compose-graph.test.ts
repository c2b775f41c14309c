import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clientEngine } from "../setup/client-engine.ts";
import { runHull } from "../setup/hull-cli.ts";
import { documentsOf, problemsOf } from "../setup/kubernetes-check.ts";

const engine = clientEngine();

const file = `
services:
  web:
    image: busybox
    command: ["sleep", "1000"]
    init: true
    ports: ["80"]
    depends_on: {db: {condition: service_healthy}}
    volumes: ["./site:/site:ro"]
    environment: {API_TOKEN: secret, MODE: prod}
  db:
    image: busybox
    command: ["sleep", "1000"]
    init: true
    healthcheck: {test: ["CMD", "true"], interval: 1s}
    volumes: ["data:/data"]
  debug: {image: busybox, profiles: [dev]}
volumes: {data: {}}
`;

function project(word: string) {
  const name = engine.name(word);
  const directory = join(engine.directory, name);
  mkdirSync(join(directory, "site"), { recursive: true });
  writeFileSync(join(directory, "site/index.html"), "hello\n");
  writeFileSync(join(directory, "compose.yaml"), file);
  const hull = (...args: string[]) =>
    runHull(["compose", "-p", name, ...args], {
      cwd: directory,
      env: { DOCKER_HOST: engine.host, DOCKER_CONFIG: engine.directory, COLUMNS: undefined },
    });
  const ok = async (...args: string[]) => {
    const { code, out, err } = await hull(...args);
    if (code !== 0) throw new Error(`hull compose ${args.join(" ")}: exit code ${code}\n${err}`);
    return out;
  };
  return { directory, hull, ok };
}

describe("hull compose graph", () => {
  test("draws the file without asking the engine, plainly where nobody looks", async () => {
    const { ok } = project("drawn");
    const text = await ok("graph");
    expect(text).toContain("╭ web ─");
    expect(text).toContain("inactive  debug  profile dev");
    expect(text).not.toContain("\u001b");
    expect(await ok("--ansi", "always", "graph")).toContain("\u001b[");
    expect(await ok("graph", "db")).not.toContain("web");
    expect(await ok("--profile", "dev", "graph")).toContain("╭ debug ─");
  });

  test("writes pictures, by the ending of their file", async () => {
    const { ok, directory } = project("picture");
    await ok("graph", "-o", "shop.svg");
    expect(readFileSync(join(directory, "shop.svg"), "utf8")).toStartWith("<svg ");
    await ok("graph", "-o", "shop.dot");
    expect(readFileSync(join(directory, "shop.dot"), "utf8")).toStartWith("digraph ");
    expect(await ok("graph", "--format", "mermaid")).toStartWith("flowchart LR\n");
  });

  test("refuses what it cannot draw", async () => {
    const { hull } = project("refused");
    expect(await hull("graph", "--format", "png")).toMatchObject({ code: 1, out: "" });
    expect((await hull("graph", "--width", "3")).err).toContain("invalid value 3 for --width: at least 40");
  });

  test("shows what runs and what does not", async () => {
    const { ok } = project("live");
    expect(await ok("graph", "--live")).toContain("○ web");
    try {
      await ok("up", "-d");
      const running = await ok("graph", "--live");
      expect(running).toContain("● web");
      expect(running).toContain("healthy");
      await ok("kill", "web");
      expect(await ok("graph", "--live")).toContain("exited (137)");
    } finally {
      await ok("down", "-v", "-t", "1");
    }
  });
});

describe("hull compose convert", () => {
  test("writes manifests an API server takes, into one text or a file an object", async () => {
    const { ok, directory } = project("converted");
    const text = await ok("convert", "--to", "kubernetes");
    expect(problemsOf(documentsOf(text))).toEqual([]);
    await ok("convert", "--to", "kubernetes", "-o", "manifests");
    const files = readdirSync(join(directory, "manifests"));
    expect(files).toEqual(
      expect.arrayContaining(["00-namespace.yaml", "web-deployment.yaml", "db-statefulset.yaml"]),
    );
    const secret = join(directory, "manifests/web-environment-secret.yaml");
    expect(readFileSync(secret, "utf8")).toContain("API_TOKEN: secret");
    expect(statSync(secret).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory, "manifests/web-site-configmap.yaml"), "utf8")).toContain(
      "index.html: |\n    hello\n",
    );
  });

  test("is another name of config without --to, and refuses other forms", async () => {
    const { ok, hull } = project("config");
    expect(await ok("convert")).toBe(await ok("config"));
    expect(await hull("convert", "--to", "nomad")).toMatchObject({ code: 1, out: "" });
  });
});
