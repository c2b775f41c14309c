import { describe, expect, test } from "bun:test";
import { yamlText } from "../../lib/yaml-text.ts";
import type { ContainerInspectResponse, ImageInspect } from "../../protocol/generated/types.ts";
import { bytesText, csvField, durationText, shellWord } from "./amounts.ts";
import { asCompose } from "./as-compose.ts";
import { asKubernetes } from "./as-kubernetes.ts";
import { asRun } from "./as-run.ts";
import { wishOf } from "./read-wish.ts";

const id = "0123456789abcdef0123456789abcdef";
const image: ImageInspect = {
  Architecture: "amd64",
  Config: {
    Env: ["PATH=/bin", "A=1"],
    Cmd: ["serve"],
    Entrypoint: ["/app"],
    Labels: { by: "me" },
    WorkingDir: "/srv",
  },
};
const info = {
  Architecture: "x86_64",
  LoggingDriver: "json-file",
  DefaultRuntime: "runc",
  CgroupVersion: "2",
} as const;

function wish(
  config: ContainerInspectResponse["Config"] = {},
  host: ContainerInspectResponse["HostConfig"] = {},
  networks: Record<string, object> = { bridge: {} },
) {
  const container: ContainerInspectResponse = {
    Id: id,
    Name: "/web",
    Config: { Image: "web:1", Hostname: id.slice(0, 12), ...image.Config, ...config },
    HostConfig: {
      NetworkMode: "default",
      IpcMode: "private",
      ShmSize: 64 << 20,
      Runtime: "runc",
      CgroupnsMode: "private",
      LogConfig: { Type: "json-file", Config: {} },
      ...host,
    },
    NetworkSettings: { Networks: networks },
  };
  return wishOf(container, { image, info });
}

const run = (...given: Parameters<typeof wish>) => asRun(wish(...given), "hull").replace(/ \\\n {2}/g, " ");

describe("inspect --as run", () => {
  test("what the image and the engine say anyway is left out", () => {
    expect(run()).toBe("hull run --detach --name web web:1\n");
  });

  test("what differs from the image", () => {
    expect(
      run({ Env: ["A=2", "PATH=/bin", "B=x y"], Labels: { by: "me", of: "mine" }, WorkingDir: "/tmp" }),
    ).toBe("hull run --detach --name web --workdir /tmp --env A=2 --env 'B=x y' --label of=mine web:1\n");
  });

  test("a command, a longer entrypoint, and none at all", () => {
    expect(run({ Cmd: ["serve", "--all"] })).toBe("hull run --detach --name web web:1 serve --all\n");
    const longer = run({ Entrypoint: ["sh", "-c"], Cmd: ["echo it's"] });
    expect(longer).toContain("# --entrypoint takes one word");
    expect(longer).toEndWith("hull run --detach --name web --entrypoint sh web:1 -c 'echo it'\\''s'\n");
    expect(run({ Entrypoint: null, Cmd: ["ls"] })).toBe(
      "hull run --detach --name web --entrypoint '' web:1 ls\n",
    );
    expect(run({ Cmd: null })).toBe("hull run --detach --name web --entrypoint /app web:1\n");
  });

  test("ports in all their forms", () => {
    const bindings = {
      "80/tcp": [
        { HostIp: "", HostPort: "8080" },
        { HostIp: "::1", HostPort: "8081" },
      ],
      "53/udp": [{ HostIp: "127.0.0.1", HostPort: "" }],
      "9/tcp": [{ HostIp: "", HostPort: "" }],
    };
    expect(
      run(
        { ExposedPorts: { "80/tcp": {}, "53/udp": {}, "9/tcp": {}, "7/tcp": {} } },
        { PortBindings: bindings },
      ),
    ).toBe(
      "hull run --detach --name web --publish 8080:80 --publish '[::1]:8081:80' --publish 127.0.0.1::53/udp --publish 9 --expose 7 web:1\n",
    );
  });

  test("one network by the simple flags, several by the long one", () => {
    const lan = { Aliases: ["www", id.slice(0, 12)], IPAMConfig: { IPv4Address: "10.0.0.9" } };
    expect(run({}, { NetworkMode: "lan" }, { lan })).toBe(
      "hull run --detach --name web --network lan --network-alias www --ip 10.0.0.9 web:1\n",
    );
    expect(run({}, { NetworkMode: "lan" }, { other: {}, lan })).toBe(
      "hull run --detach --name web --network name=lan,alias=www,ip=10.0.0.9 --network other web:1\n",
    );
  });

  test("twice the memory is the usual swap", () => {
    expect(run({}, { Memory: 64 << 20, MemorySwap: 128 << 20 })).toContain(" --memory 64m web:1");
    expect(run({}, { Memory: 64 << 20, MemorySwap: -1 })).toContain(" --memory 64m --memory-swap -1 ");
  });

  test("mounts of both kinds, and volumes without a name", () => {
    const host = {
      Binds: ["data:/data:ro", "/srv/a b:/b"],
      Mounts: [{ Type: "bind", Source: "/x,y", Target: "/z", BindOptions: { Propagation: "rshared" } }],
    } as const;
    expect(
      run({ Volumes: { "/anon": {} } }, { ...host, Binds: [...host.Binds], Mounts: [...host.Mounts] }),
    ).toContain(
      `--volume data:/data:ro --volume '/srv/a b:/b' --volume /anon --mount 'type=bind,"source=/x,y",target=/z,bind-propagation=rshared'`,
    );
  });

  test("a health check without a shell is told", () => {
    expect(run({ Healthcheck: { Test: ["CMD", "curl", "a b"] } })).toContain(
      "# The health check runs its program without a shell",
    );
    expect(run({ Healthcheck: { Test: ["NONE"] } })).toContain(" --no-healthcheck ");
  });
});

describe("inspect --as compose", () => {
  test("dollars are doubled, words that are values elsewhere quoted", () => {
    const text = asCompose(wish({ Env: ["PATH=/bin", "A=1", "P=$5"], Cmd: ["yes", "no", "1"] }));
    expect(text).toBe(
      `services:\n  web:\n    image: web:1\n    container_name: web\n    command:\n      - "yes"\n      - "no"\n      - "1"\n    environment:\n      - "P=$$5"\n    network_mode: bridge\n`,
    );
  });

  test("networks and volumes that are there, labels of Compose left out, what cannot be said in comments", () => {
    const text = asCompose(
      wish(
        { Labels: { "com.docker.compose.project": "x" } },
        { NetworkMode: "lan", AutoRemove: true, Binds: ["data:/d"] },
        { lan: {} },
      ),
    );
    expect(text).toStartWith("# not said here: --rm\n");
    expect(text).not.toContain("com.docker");
    expect(text).toContain("networks:\n  lan:\n    external: true\n    name: lan\n");
    expect(text).toContain("volumes:\n  data:\n    external: true\n    name: data\n");
  });
});

test("inspect --as kubernetes: a claim for each volume, then the Pod", () => {
  const text = asKubernetes(
    wish(
      { User: "7:8", Labels: { tier: "front", note: "two words" } },
      { Binds: ["my_data:/d", "/etc/x:/x:ro"], RestartPolicy: { Name: "always" }, PidsLimit: 5 },
    ),
  );
  expect(text).toStartWith(
    "# not said here: --pids-limit 5\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: my-data\n",
  );
  expect(text).toContain(
    '---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels:\n    app: web\n    tier: front\n  annotations:\n    note: "two words"\n',
  );
  expect(text).toContain("runAsUser: 7\n        runAsGroup: 8\n");
  expect(text).toContain("hostPath:\n        path: /etc/x\n");
  expect(text).toContain("restartPolicy: Always\n");
});

test("yamlText: nested lists and objects, absent values, empty ones", () => {
  expect(
    yamlText({ a: [{ b: 1, c: undefined, d: ["x"] }, "plain: no"], e: {}, f: [], g: true, "8080": "012" }),
  ).toBe('"8080": "012"\na:\n  - b: 1\n    d:\n      - x\n  - "plain: no"\ne: {}\nf: []\ng: true\n');
});

test("amounts and words", () => {
  expect([64 << 20, 1536 << 10, 1000, 3 * 2 ** 30, -1].map((bytes) => bytesText(bytes))).toEqual([
    "64m",
    "1536k",
    "1000",
    "3g",
    "-1",
  ]);
  expect([5e9, 90e9, 5e8, 3_661e9, 1.5e9].map((time) => durationText(time))).toEqual([
    "5s",
    "1m30s",
    "500ms",
    "1h1m1s",
    "1.5s",
  ]);
  expect(shellWord("it's")).toBe("'it'\\''s'");
  expect(csvField('a"b')).toBe('"a""b"');
});
