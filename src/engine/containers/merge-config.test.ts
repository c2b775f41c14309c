import { describe, expect, test } from "bun:test";
import { sampleConfig } from "../../../tests/fakes/container-samples.ts";
import { buildEnvironment, mergeImageConfig } from "./merge-config.ts";

describe("mergeImageConfig: command line", () => {
  const image = { Entrypoint: ["/entry"], Cmd: ["serve"] };

  test("image entrypoint and command serve when nothing is asked", () => {
    const merged = mergeImageConfig(sampleConfig(), image);
    expect(merged.command).toEqual(["/entry", "serve"]);
    expect(merged).toMatchObject({ path: "/entry", args: ["serve"] });
  });

  test("a command replaces the image's command and keeps its entrypoint", () => {
    expect(mergeImageConfig(sampleConfig({ Cmd: ["ls"] }), image).command).toEqual(["/entry", "ls"]);
  });

  test("an entrypoint drops the image's command", () => {
    const merged = mergeImageConfig(sampleConfig({ Entrypoint: ["/mine"] }), image);
    expect(merged.command).toEqual(["/mine"]);
    expect(merged.config.Cmd).toBeNull();
  });

  test('an entrypoint of [""] resets it, and then needs a command', () => {
    const merged = mergeImageConfig(sampleConfig({ Entrypoint: [""], Cmd: ["ls"] }), image);
    expect(merged.command).toEqual(["ls"]);
    expect(merged.config.Entrypoint).toBeNull();
    expect(() => mergeImageConfig(sampleConfig({ Entrypoint: [""] }), image)).toThrow("no command specified");
  });

  test("an empty entrypoint list drops the image's entrypoint and keeps its command", () => {
    expect(mergeImageConfig(sampleConfig({ Entrypoint: [] }), image).command).toEqual(["serve"]);
  });

  test("no command anywhere is refused", () => {
    expect(() => mergeImageConfig(sampleConfig(), undefined)).toThrow("no command specified");
  });
});

describe("mergeImageConfig: the rest", () => {
  test("scalars of the image fill only what is empty", () => {
    const image = { Cmd: ["x"], User: "www", WorkingDir: "/srv", StopSignal: "SIGQUIT" };
    expect(mergeImageConfig(sampleConfig(), image).config).toMatchObject({
      User: "www",
      WorkingDir: "/srv",
      StopSignal: "SIGQUIT",
    });
    const asked = sampleConfig({ User: "root", WorkingDir: "/", StopSignal: "9" });
    expect(mergeImageConfig(asked, image).config).toMatchObject({
      User: "root",
      WorkingDir: "/",
      StopSignal: "9",
    });
  });

  test("environment is merged by name, own variables first", () => {
    const image = { Cmd: ["x"], Env: ["PATH=/bin", "A=image", "B=image"] };
    const { config } = mergeImageConfig(sampleConfig({ Env: ["A=mine", "B"] }), image);
    expect(config.Env).toEqual(["A=mine", "B", "PATH=/bin"]);
  });

  test("ports, volumes and labels are united, own labels win", () => {
    const { config } = mergeImageConfig(
      sampleConfig({ ExposedPorts: { "1/tcp": {} }, Volumes: { "/a": {} }, Labels: { k: "mine" } }),
      {
        Cmd: ["x"],
        ExposedPorts: { "2/udp": {} },
        Volumes: { "/b": {} },
        Labels: { k: "image", l: "image" },
      },
    );
    expect(Object.keys(config.ExposedPorts ?? {}).sort()).toEqual(["1/tcp", "2/udp"]);
    expect(Object.keys(config.Volumes ?? {}).sort()).toEqual(["/a", "/b"]);
    expect(config.Labels).toEqual({ k: "mine", l: "image" });
  });

  test("a health check is merged field by field", () => {
    const image = { Cmd: ["x"], Healthcheck: { Test: ["CMD", "probe"], Interval: 5e9, Retries: 2 } };
    const { config } = mergeImageConfig(
      sampleConfig({ Healthcheck: { Interval: 1e9, Timeout: 3e9 } }),
      image,
    );
    expect(config.Healthcheck).toEqual({ Test: ["CMD", "probe"], Interval: 1e9, Timeout: 3e9, Retries: 2 });
    expect(mergeImageConfig(sampleConfig(), image).config.Healthcheck).toEqual(image.Healthcheck);
  });
});

describe("buildEnvironment", () => {
  test("PATH and HOSTNAME are given, TERM with a terminal", () => {
    expect(buildEnvironment(sampleConfig({ Tty: true }), "box")).toEqual([
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "HOSTNAME=box",
      "TERM=xterm",
    ]);
    expect(buildEnvironment(sampleConfig(), "box")).toHaveLength(2);
  });

  test("own variables replace defaults in place, a bare name removes one, the last of equals wins", () => {
    const config = sampleConfig({ Env: ["PATH=/bin", "HOSTNAME", "A=1", "A=2", "EMPTY="] });
    expect(buildEnvironment(config, "box")).toEqual(["PATH=/bin", "A=2", "EMPTY="]);
  });

  test("link variables stand before own ones and give way to them", () => {
    const config = sampleConfig({ Env: ["DB_NAME=/mine"] });
    expect(buildEnvironment(config, "box", ["DB_PORT=tcp://1", "DB_NAME=/x"]).slice(2)).toEqual([
      "DB_PORT=tcp://1",
      "DB_NAME=/mine",
    ]);
  });
});
