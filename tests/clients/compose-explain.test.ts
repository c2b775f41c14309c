// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose files
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runHull } from "../setup/hull-cli.ts";

let cwd = "";

beforeAll(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), "hull-compose-explain-")));
  writeFileSync(join(cwd, "compose.yaml"), "services:\n  web:\n    image: nginx:${TAG:-latest}\n");
  writeFileSync(join(cwd, ".env"), "TAG=1.2\n");
});

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const explain = async (subject: string, env: Record<string, string> = {}) =>
  await runHull(["compose", "config", "--explain", subject], { cwd, env: { PWD: cwd, ...env } });

describe("hull compose config --explain", () => {
  test("the .env counts where the shell says nothing, and the program itself does not read it", async () => {
    const { code, out, err } = await explain("TAG");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(`TAG = "1.2"
  from        .env:1:1
  instead of  the default in compose.yaml:3:18  "latest"

  used once
  compose.yaml:3:18  services.web.image  nginx:\${TAG:-latest}  → nginx:1.2
`);
  });

  test("the shell comes before the .env", async () => {
    const { out } = await explain("TAG", { TAG: "2.0" });
    expect(out).toStartWith('TAG = "2.0"\n  from        the shell\n  instead of  .env:1:1');
  });

  test("a value of the model", async () => {
    const { out } = await explain("web.image");
    expect(out).toBe(`services.web.image = "nginx:1.2"
  from     compose.yaml:3:12
  written  nginx:\${TAG:-latest}  TAG is "1.2", from .env:1:1
`);
  });

  test("a name nobody speaks of ends with 1 and the nearest name", async () => {
    const { code, out, err } = await explain("TGA");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain('explain "TGA": no file of the project speaks of it (did you mean "TAG"?)');
  });
});

test("flags that would change nothing beside another one are refused by name", async () => {
  const refused = async (...args: string[]) => {
    const { code, out, err } = await runHull(["compose", ...args], { cwd, env: { PWD: cwd } });
    expect([code, out]).toEqual([1, ""]);
    return err;
  };
  expect(await refused("config", "--explain", "TAG", "--format", "json")).toContain("--format");
  expect(await refused("config", "--explain", "TAG", "web")).toContain("web");
  expect(await refused("convert", "--to", "kubernetes", "--hash", "*")).toContain("--hash");
  expect(await refused("convert", "--namespace", "x")).toContain("--to kubernetes");
  expect(await refused("graph", "--format", "svg", "--width", "90")).toContain("svg");
});
