import { describe, expect, test } from "bun:test";
import { blog, sketchProject } from "../../../tests/setup/sketch-project.ts";
import { dotGraph } from "./dot.ts";
import { liveStates, orphansOf } from "./live.ts";
import { mermaidGraph } from "./mermaid.ts";
import { sceneOf } from "./scene.ts";

describe("a project as text for other programs", () => {
  test("is a Mermaid flow chart", () => {
    expect(mermaidGraph(sceneOf(blog))).toMatchSnapshot();
  });

  test("is a Graphviz graph", () => {
    expect(dotGraph(sceneOf(blog))).toMatchSnapshot();
  });

  test("escapes what would end a label", () => {
    const scene = sceneOf(sketchProject('a"b', { web: { image: 'x"]\\y' } }));
    expect(mermaidGraph(scene)).toContain("x#34;#93;#92;y");
    expect(dotGraph(scene)).toContain('"a\\"b"');
    expect(dotGraph(scene)).toContain('x\\"]\\\\y');
  });
});

describe("the states of a running project", () => {
  const container = (service: string, state: string, status: string, oneOff = "False") => ({
    State: state as "running",
    Status: status,
    Labels: {
      "com.docker.compose.project": "p",
      "com.docker.compose.service": service,
      "com.docker.compose.oneoff": oneOff,
    },
  });

  test("are counted by service, the worst first", () => {
    const states = liveStates(
      [
        container("web", "running", "Up 2 minutes (healthy)"),
        container("web", "running", "Up 2 minutes (unhealthy)"),
        container("job", "exited", "Exited (0) 2 minutes ago"),
        container("job", "running", "Up 1 second", "True"),
        container("db", "exited", "Exited (137) 2 minutes ago"),
        container("api", "running", "Up 1 second (health: starting)"),
        container("old", "running", "Up 3 days"),
      ],
      ["web", "job", "db", "api", "new"],
    );
    expect([...states]).toEqual([
      ["web", { mood: "bad", text: "1 healthy, 1 unhealthy" }],
      ["job", { mood: "ended", text: "exited (0)" }],
      ["db", { mood: "bad", text: "exited (137)" }],
      ["api", { mood: "waiting", text: "starting" }],
      ["new", { mood: "none", text: "not created" }],
    ]);
  });

  test("name services the file does not know", () => {
    expect(orphansOf([container("old", "running", "Up 3 days")], ["web"])).toEqual(["old"]);
  });
});
