import { expect, test } from "bun:test";
import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";
import { enableNamed, noSuchService, selectServices, withoutUnusedResources } from "./select-services.ts";

const needs = (name: string, required = true) => ({
  [name]: { condition: "service_started" as const, required },
});

function projectOf(services: readonly Service[], disabled: readonly Service[] = []): Project {
  const byName = (list: readonly Service[]) =>
    Object.fromEntries(list.map((service) => [service.name, service]));
  return {
    ...{ name: "p", workingDir: "/p", composeFiles: [], envFiles: [], environment: {}, profiles: [] },
    ...{ secrets: {}, configs: {}, models: {}, extensions: {} },
    services: byName(services),
    disabledServices: byName(disabled),
    networks: { default: { name: "p_default" }, other: { name: "p_other" } },
    volumes: { data: { name: "p_data" }, unused: { name: "p_unused" } },
  };
}

test("a named service brings what it depends on, and nothing else", () => {
  const project = projectOf([
    { name: "web", depends_on: { ...needs("api"), ...needs("gone", false) } },
    { name: "api", depends_on: needs("db") },
    { name: "db" },
    { name: "other" },
  ]);
  const chosen = selectServices(project, ["web"]);
  expect(Object.keys(chosen.services)).toEqual(["web", "api", "db"]);
  expect(Object.keys(chosen.disabledServices)).toEqual(["other"]);
  expect(Object.keys(chosen.services.web?.depends_on ?? {})).toEqual(["api"]);
  expect(Object.keys(selectServices(project, ["db"], "dependents").services)).toEqual(["web", "api", "db"]);
});

test("alone, a service loses the dependencies that were left out", () => {
  const project = projectOf([{ name: "web", depends_on: needs("db") }, { name: "db" }]);
  expect(selectServices(project, ["web"], "none").services).toEqual({ web: { name: "web" } });
});

test("no names: the project as it is", () => {
  const project = projectOf([{ name: "web" }]);
  expect(selectServices(project, [])).toBe(project);
});

test("a name switches its profiles on, for every service that has one of them", () => {
  const project = projectOf(
    [{ name: "web" }],
    [
      { name: "debug", profiles: ["tools"] },
      { name: "shell", profiles: ["tools", "more"] },
      { name: "seed", profiles: ["seed"] },
    ],
  );
  const enabled = enableNamed(project, ["debug"]);
  expect(Object.keys(enabled.services)).toEqual(["web", "debug", "shell"]);
  expect(Object.keys(enabled.disabledServices)).toEqual(["seed"]);
  expect(enabled.profiles).toEqual(["tools"]);
});

test("unknown services are named as Docker Compose names them, with what was meant", () => {
  const project = projectOf([{ name: "web" }], [{ name: "seed", profiles: ["seed"] }]);
  expect(() => selectServices(project, ["wbe"])).toThrow("no such service: wbe (did you mean web?)");
  expect(() => selectServices(project, ["zzzzzz"])).toThrow("no such service: zzzzzz");
  expect(() => selectServices(project, ["constructor"])).toThrow("no such service: constructor");
  expect(noSuchService(project, "seed").message).toContain("none of its profiles is active (seed)");
});

test("what no service uses is left out", () => {
  const project = projectOf([
    { name: "web", networks: { default: null }, volumes: [{ type: "volume", source: "data", target: "/d" }] },
    { name: "bound", volumes: [{ type: "bind", source: "unused", target: "/d" }] },
  ]);
  const { networks, volumes } = withoutUnusedResources(project);
  expect(Object.keys(networks)).toEqual(["default"]);
  expect(Object.keys(volumes)).toEqual(["data"]);
});

test("a shell pattern names every service it fits", () => {
  const project = projectOf([{ name: "web1" }, { name: "web2" }, { name: "db" }]);
  expect(Object.keys(selectServices(project, ["web*"]).services)).toEqual(["web1", "web2"]);
  expect(() => selectServices(project, ["x*"])).toThrow("no such service: x*");
});

test("a service may be called __proto__", () => {
  const project = projectOf([{ name: "__proto__" }, { name: "web" }]);
  expect(Object.keys(selectServices(project, ["__proto__"]).services)).toEqual(["__proto__"]);
  const other = selectServices(project, ["web"]);
  expect(Object.keys(other.services)).toEqual(["web"]);
  expect(Object.keys(other.disabledServices)).toEqual(["__proto__"]);
});
