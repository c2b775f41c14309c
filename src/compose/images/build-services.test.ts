import { expect, test } from "bun:test";
import type { ImageWork } from "../compose-context.ts";
import type { Build } from "../model/build.ts";
import type { Project } from "../model/project.ts";
import { buildServices } from "./build-services.ts";

function projectOf(builds: Record<string, Build | undefined>): Project {
  const services = Object.entries(builds).map(([name, build]) => [name, { name, ...(build && { build }) }]);
  return {
    ...{ name: "p", workingDir: "/p", composeFiles: [], envFiles: [], environment: {}, profiles: [] },
    ...{ disabledServices: {}, networks: {}, volumes: {}, secrets: {}, configs: {}, models: {} },
    extensions: {},
    services: Object.fromEntries(services),
  };
}

/** Notes when each build begins and ends. */
function recorder(fails = "") {
  const notes: string[] = [];
  const refuse = () => Promise.reject(new Error("not asked for"));
  const images: ImageWork = {
    pull: refuse,
    push: refuse,
    async build(_, { name }) {
      notes.push(`${name} begins`);
      await Bun.sleep(1);
      if (name === fails) throw new Error(`${name} failed`);
      notes.push(`${name} ends`);
      return `id of ${name}`;
    },
  };
  const signal = new AbortController().signal;
  return { notes, tools: (parallel = Number.POSITIVE_INFINITY) => ({ images, parallel, signal }) };
}

const on = (service: string): Build => ({
  context: ".",
  additional_contexts: { base: `service:${service}` },
});
const plain: Build = { context: "." };

test("an image is built after those it is made from, each once, the others beside it", async () => {
  const { notes, tools } = recorder();
  const project = projectOf({ a: on("base"), b: on("base"), base: plain, c: plain });
  const ids = await buildServices(tools(), project, ["a", "b", "c"], {});
  expect(notes.slice(0, 2).sort()).toEqual(["base begins", "c begins"]);
  expect(notes.filter((note) => note === "base begins")).toHaveLength(1);
  expect(notes.indexOf("a begins")).toBeGreaterThan(notes.indexOf("base ends"));
  expect(notes.indexOf("b begins")).toBeGreaterThan(notes.indexOf("base ends"));
  expect(ids.get("base")).toBe("id of base");
  expect([...ids.keys()].sort()).toEqual(["a", "b", "base", "c"]);
});

test("no more at a time than is allowed", async () => {
  const { notes, tools } = recorder();
  await buildServices(tools(1), projectOf({ a: plain, b: plain }), ["a", "b"], {});
  expect(notes).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});

test("what stands on a failed build is not begun; the others end in good order", async () => {
  const { notes, tools } = recorder("base");
  const project = projectOf({ a: on("base"), base: plain, c: plain });
  await expect(buildServices(tools(), project, ["a", "base", "c"], {})).rejects.toThrow("base failed");
  await buildServices(tools(), projectOf({ d: plain }), ["d"], {});
  expect(notes).not.toContain("a begins");
  expect(notes).toContain("c ends");
});

test("circles, unknown services and those without a build are refused before anything is built", async () => {
  const { notes, tools } = recorder();
  const circle = projectOf({ a: on("b"), b: on("a") });
  await expect(buildServices(tools(), circle, ["a"], {})).rejects.toThrow(
    "images are built from each other in a circle: a -> b -> a",
  );
  await expect(buildServices(tools(), projectOf({ a: on("x") }), ["a"], {})).rejects.toThrow(
    "no such service: x",
  );
  expect(notes).toEqual([]);
});
