import { describe, expect, test } from "bun:test";
import {
  containerOf,
  idOf,
  needs,
  plainHashes,
  planLines,
  projectOf,
  situationOf,
  upOptions,
} from "../../../../tests/fakes/compose-situation.ts";
import { labels } from "../../labels.ts";
import type { Project } from "../../model/project.ts";
import { planCreate } from "./plan-create.ts";

const lines = (...situation: Parameters<typeof situationOf>) =>
  planLines(planCreate(situationOf(...situation)));
const warnings = (...situation: Parameters<typeof situationOf>) =>
  planCreate(situationOf(...situation)).warnings;

describe("nothing is there", () => {
  test("networks and volumes first, then containers side by side", () => {
    const project = projectOf(
      {
        web: { depends_on: needs("db") },
        db: { volumes: [{ type: "volume", source: "data", target: "/data" }] },
      },
      { volumes: { data: { name: "shop_data" } } },
    );
    expect(lines(project, [], { networks: [] })).toEqual([
      "network default",
      "volume data",
      "create db-1 < network default, volume data",
      "create web-1 < network default",
    ]);
  });

  test("a container is made after those it refers to", () => {
    const project = projectOf({
      proxy: { network_mode: "service:web", depends_on: needs("web") },
      web: {},
      copy: {
        volumes_from: ["web:ro"],
        ipc: "service:proxy",
        depends_on: { ...needs("web"), ...needs("proxy") },
      },
    });
    expect(lines(project)).toEqual([
      "create web-1",
      "create proxy-1 < create web-1",
      "create copy-1 < create proxy-1, create web-1",
    ]);
  });

  test("replicas are numbered from one", () => {
    expect(lines(projectOf({ web: { deploy: { replicas: 3 } } }))).toEqual([
      "create web-1",
      "create web-2",
      "create web-3",
    ]);
  });
});

describe("what is there", () => {
  test("stays when nothing changed", () => {
    const project = projectOf({ web: { depends_on: needs("db") }, db: {} });
    const there = [containerOf(project, "web"), containerOf(project, "db")];
    expect(lines(project, there)).toEqual(["keep db-1", "keep web-1"]);
  });

  test("is only made again where configuration or image changed, in the order of dependencies", () => {
    const project = projectOf({ web: { depends_on: needs("db") }, db: {}, other: {} });
    const there = [
      containerOf(project, "web", 1, { hash: "old" }),
      containerOf(project, "db", 1, { image: "image-0" }),
      containerOf(project, "other"),
    ];
    expect(lines(project, there)).toEqual([
      "recreate db-1",
      "keep other-1",
      "recreate web-1 < recreate db-1",
    ]);
  });

  test("is made again when it shares a namespace with what is", () => {
    const project = projectOf({ web: {}, proxy: { network_mode: "service:web", depends_on: needs("web") } });
    const proxyHash = plainHashes.service({
      name: "proxy",
      image: "busybox",
      network_mode: `container:${idOf("web1")}`,
    });
    const proxy = containerOf(project, "proxy", 1, { hash: proxyHash });
    expect(lines(project, [containerOf(project, "web"), proxy])).toEqual(["keep web-1", "keep proxy-1"]);
    const changed = containerOf(project, "web", 1, { hash: "old" });
    expect(lines(project, [changed, proxy])).toEqual(["recreate web-1", "recreate proxy-1 < recreate web-1"]);
  });

  test("--force-recreate is for those named, --always-recreate-deps for the others, --no-recreate for none", () => {
    const project = projectOf({ web: { depends_on: needs("db") }, db: {} });
    const there = [containerOf(project, "web", 1, { hash: "old" }), containerOf(project, "db")];
    const named = { ...upOptions, services: ["web"] };
    expect(lines(project, there, { options: { ...named, recreate: "always" } })).toEqual([
      "keep db-1",
      "recreate web-1",
    ]);
    expect(lines(project, there, { options: { ...named, recreateDependencies: "always" } })).toEqual([
      "recreate db-1",
      "recreate web-1 < recreate db-1",
    ]);
    const never = { ...upOptions, recreate: "never", recreateDependencies: "never" } as const;
    expect(lines(project, there, { options: never })).toEqual(["keep db-1", "keep web-1"]);
  });

  test("is made again when its network or volume is another one", () => {
    const project = projectOf(
      { web: {}, db: { volumes: [{ type: "volume", source: "data", target: "/data" }] } },
      { volumes: { data: { name: "shop_data" } } },
    );
    const data = {
      Name: "shop_data",
      Driver: "local",
      Mountpoint: "/",
      Scope: "local" as const,
      Options: {},
    };
    const volumes = [{ ...data, Labels: { [labels.project]: "shop", [labels.volume]: "data" } }];
    const there = [
      containerOf(project, "web", 1, { networks: { shop_default: "net-before" } }),
      containerOf(project, "db", 1, { volumes: ["something"] }),
    ];
    expect(lines(project, there, { volumes })).toEqual(["recreate db-1", "recreate web-1"]);
    const right = [containerOf(project, "web"), containerOf(project, "db", 1, { volumes: ["shop_data"] })];
    expect(lines(project, right, { volumes })).toEqual(["keep db-1", "keep web-1"]);
  });

  test("a container that never ran knows the names of its networks only", () => {
    const project = projectOf({ web: {} });
    const fresh = { state: "created", networks: { shop_default: "" } } as const;
    expect(lines(project, [containerOf(project, "web", 1, fresh)])).toEqual([]);
    expect(lines(project, [containerOf(project, "web", 1, { ...fresh, networks: {} })])).toEqual([
      "recreate web-1",
    ]);
  });
});

describe("scale", () => {
  const three = projectOf({ web: { scale: 3 } });
  const running = [1, 2, 3].map((number) => containerOf(three, "web", number));

  test("down takes the highest numbers", () => {
    expect(lines(projectOf({ web: { scale: 1 } }), running)).toEqual([
      "keep web-1",
      "remove web-2",
      "remove web-3",
    ]);
  });

  test("down takes what is out of date before that", () => {
    const [, second, third] = running;
    const old = containerOf(three, "web", 1, { hash: "old" });
    const there = [old, ...(second && third ? [second, third] : [])];
    expect(lines(projectOf({ web: { scale: 2 } }), there)).toEqual([
      "keep web-2",
      "keep web-3",
      "remove web-1",
    ]);
  });

  test("up goes on after the highest number", () => {
    expect(lines(projectOf({ web: { scale: 2 } }), [containerOf(three, "web", 4)])).toEqual([
      "keep web-4",
      "create web-5",
    ]);
  });

  test("to none removes all", () => {
    expect(lines(projectOf({ web: { scale: 0 } }), [containerOf(three, "web", 1)])).toEqual(["remove web-1"]);
  });

  test("of a service whose container has a name is refused in Docker's words", () => {
    const project = projectOf({ web: { scale: 2, container_name: "mine" } });
    expect(() => lines(project)).toThrow(
      'WARNING: The "web" service is using the custom container name "mine". Docker requires each container',
    );
  });
});

describe("dependents with restart", () => {
  const project = projectOf({
    web: { depends_on: needs("db", "service_started", { restart: true }) },
    log: { depends_on: needs("db") },
    db: {},
  });

  test("are stopped before what they depend on is replaced", () => {
    const there = [
      containerOf(project, "web"),
      containerOf(project, "log"),
      containerOf(project, "db", 1, { hash: "old" }),
    ];
    expect(lines(project, there)).toEqual([
      "stop shop-web-1",
      "recreate db-1 < stop shop-web-1",
      "keep log-1",
    ]);
  });

  test("are left alone when it is not", () => {
    const there = ["web", "log", "db"].map((name) => containerOf(project, name));
    expect(lines(project, there)).toEqual(["keep db-1", "keep log-1", "keep web-1"]);
  });
});

describe("containers of no service", () => {
  const project = projectOf(
    { web: {} },
    { disabledServices: { debug: { name: "debug", profiles: ["debug"] } } },
  );
  const there = [
    containerOf(project, "web"),
    containerOf(project, "gone"),
    containerOf(project, "debug"),
    containerOf(project, "web", 1, {
      name: "shop-web-run-1",
      oneOff: true,
      state: "exited",
      id: idOf("run"),
    }),
    containerOf(project, "web", 1, { name: "shop-web-run-2", oneOff: true, id: idOf("run 2") }),
  ];

  test("are named in a warning; services of other profiles and one-off containers at work are not", () => {
    expect(lines(project, there)).toEqual(["keep web-1"]);
    expect(warnings(project, there)).toEqual([
      "Found orphan containers ([shop-gone-1 shop-web-run-1]) for this project. If you removed or renamed this " +
        "service in your compose file, you can run this command with the --remove-orphans flag to clean it up.",
    ]);
    expect(warnings(project, there, { options: { ...upOptions, ignoreOrphans: true } })).toEqual([]);
  });

  test("are removed when that is asked for", () => {
    const options = { ...upOptions, removeOrphans: true };
    expect(lines(project, there, { options })).toEqual([
      "remove shop-gone-1",
      "remove shop-web-run-1",
      "keep web-1",
    ]);
    expect(warnings(project, there, { options })).toEqual([]);
  });

  test("a name is taken when its bearer is gone", () => {
    const named = projectOf({ web: { container_name: "mine" } });
    const orphan = containerOf(named, "old", 1, { name: "mine" });
    expect(lines(named, [orphan], { options: { ...upOptions, removeOrphans: true } })).toEqual([
      "remove mine",
      "create web-1 < remove mine",
    ]);
  });
});

describe("networks", () => {
  const project = projectOf({ web: {}, db: {} });

  test("that changed are made anew when those on them are stopped, and these are made again", () => {
    const changed = {
      Id: "net-default",
      Name: "shop_default",
      Labels: { [labels.project]: "shop", [labels.network]: "default", [labels.configHash]: "old" },
    };
    const there = [containerOf(project, "web"), containerOf(project, "db", 1, { state: "exited" })];
    expect(lines(project, there, { networks: [changed] })).toEqual([
      "stop shop-web-1",
      "network default < stop shop-web-1",
      "recreate db-1 < network default",
      "recreate web-1 < network default, stop shop-web-1",
    ]);
  });

  test("of others are taken with a warning, or refused, in Docker's words", () => {
    const foreign = (marks: Record<string, string>) => [{ Id: "x", Name: "shop_default", Labels: marks }];
    expect(warnings(project, [], { networks: foreign({ [labels.network]: "default" }) })).toEqual([
      "a network with name shop_default exists but was not created by compose.\n" +
        "Set `external: true` to use an existing network",
    ]);
    expect(() => lines(project, [], { networks: foreign({}) })).toThrow(
      'network shop_default was found but has incorrect label com.docker.compose.network set to "" (expected: "default")',
    );
  });

  test("that are external must be there", () => {
    const external: Partial<Project> = { networks: { default: { name: "outside", external: true } } };
    const wanted = projectOf({ web: {} }, external);
    expect(() => lines(wanted, [], { networks: [] })).toThrow(
      "network outside declared as external, but could not be found",
    );
    expect(lines(wanted, [], { networks: [{ Id: "o", Name: "outside" }] })).toEqual(["create web-1"]);
  });
});

describe("volumes", () => {
  const project = projectOf(
    { db: { volumes: [{ type: "volume", source: "data", target: "/data" }] }, web: {} },
    { volumes: { data: { name: "shop_data", driver_opts: { size: "2g" } } } },
  );
  const data = (marks: Record<string, string>) => [
    {
      Name: "shop_data",
      Driver: "local",
      Mountpoint: "/",
      Scope: "local" as const,
      Options: {},
      Labels: marks,
    },
  ];
  const there = [containerOf(project, "db", 1, { volumes: ["shop_data"] }), containerOf(project, "web")];

  test("that changed are made anew when that was agreed to, after who has them is removed", () => {
    const volumes = data({ [labels.project]: "shop", [labels.configHash]: "old" });
    expect(lines(project, there, { volumes })).toEqual(["keep db-1", "keep web-1"]);
    expect(lines(project, there, { volumes, replaceVolumes: new Set(["data"]) })).toEqual([
      "volume data < remove db-1",
      "remove db-1",
      "create db-1 < remove db-1, volume data",
      "keep web-1",
    ]);
  });

  test("of others are taken with a warning in Docker's words", () => {
    expect(warnings(project, there, { volumes: data({}) })).toEqual([
      'volume "shop_data" already exists but was not created by Docker Compose. Use `external: true` to use an existing volume',
    ]);
    expect(warnings(project, there, { volumes: data({ [labels.project]: "other" }) })).toEqual([
      'volume "shop_data" already exists but was created for project "other" (expected "shop"). Use `external: true` to use an existing volume',
    ]);
  });
});

describe("interruptions", () => {
  const project = projectOf({ web: {} });
  const old = containerOf(project, "web", 1, { hash: "old" });
  const successor = (more = {}) =>
    containerOf(project, "web", 1, {
      id: idOf("successor"),
      name: `${old.id.slice(0, 12)}_shop-web-1`,
      state: "created",
      networks: { shop_default: "" },
      replaces: "web-1",
      ...more,
    });

  test("a successor that is right takes the place, whatever was left to do", () => {
    expect(lines(project, [old, successor()])).toEqual(["finish web-1"]);
    expect(lines(project, [successor()])).toEqual(["finish web-1"]);
  });

  test("one that is no longer right goes, and the old one is replaced anew", () => {
    expect(lines(project, [old, successor({ hash: "older" })])).toEqual([
      `remove ${old.id.slice(0, 12)}_shop-web-1`,
      `recreate web-1 < remove ${old.id.slice(0, 12)}_shop-web-1`,
    ]);
    expect(lines(project, [successor({ hash: "older" })])).toEqual([
      "finish web-1",
      "recreate web-1 < finish web-1",
    ]);
  });

  test("one whose place is taken goes", () => {
    const now = containerOf(project, "web");
    const left = successor({ name: "0123456789ab_shop-web-1" });
    expect(lines(project, [now, left])).toEqual(["remove 0123456789ab_shop-web-1", "keep web-1"]);
  });

  test("the label of a replacement that was finished means nothing", () => {
    expect(lines(project, [containerOf(project, "web", 1, { replaces: "web-1" })])).toEqual(["keep web-1"]);
  });

  test("docker-compose 1.x renames the old one: it goes when its successor is there, else it gets its name back", () => {
    const renamed = containerOf(project, "web", 1, {
      id: idOf("v1"),
      name: `${idOf("v1").slice(0, 12)}_shop-web-1`,
    });
    expect(lines(project, [renamed, containerOf(project, "web")])).toEqual([
      `remove ${renamed.name}`,
      "keep web-1",
    ]);
    expect(lines(project, [renamed])).toEqual(["finish web-1", "keep web-1 < finish web-1"]);
  });
});

describe("updates", () => {
  const project = projectOf({ web: { scale: 2, deploy: { update_config: { order: "start-first" } } } });

  test("of what runs are left to the rollout, the others are made again at once", () => {
    const there = [
      containerOf(project, "web", 1, { hash: "old" }),
      containerOf(project, "web", 2, { hash: "old", state: "exited" }),
    ];
    const plan = planCreate(situationOf(project, there));
    expect(planLines(plan)).toEqual(["recreate web-2"]);
    expect(plan.services[0]?.rolled.map(({ name }) => name)).toEqual(["shop-web-1"]);
  });

  test("that were broken off begin anew while the old container serves, and are finished when it does not", () => {
    const old = (state: "running" | "exited") => containerOf(project, "web", 1, { hash: "old", state });
    const name = `${old("running").id.slice(0, 12)}_shop-web-1`;
    const successor = containerOf(project, "web", 1, { id: idOf("successor"), name, replaces: "web-1" });
    const second = containerOf(project, "web", 2);
    const plan = planCreate(situationOf(project, [old("running"), successor, second]));
    expect(planLines(plan)).toEqual([`remove ${name}`, "keep web-2"]);
    expect(plan.services[0]?.rolled.map(({ name }) => name)).toEqual(["shop-web-1"]);
    const finished = planCreate(situationOf(project, [old("exited"), successor, second]));
    expect(planLines(finished)).toEqual(["finish web-1", "keep web-1 < finish web-1", "keep web-2"]);
  });
});

test("what is needed and disabled is named with its profiles; circles are shown", () => {
  const disabled = { disabledServices: { db: { name: "db", profiles: ["data"] } } };
  expect(() => lines(projectOf({ web: { depends_on: needs("db") } }, disabled))).toThrow(
    "service db is required by web but is disabled. Can be enabled by profiles [data]",
  );
  const circle = projectOf({ a: { depends_on: needs("b") }, b: { depends_on: needs("a") } });
  expect(() => lines(circle)).toThrow("cycle found: a -> b -> a");
});

test("two services cannot have one container name", () => {
  const project = projectOf({ a: { container_name: "x" }, b: { container_name: "x" } });
  expect(() => lines(project)).toThrow('services.b: container name "x" is already in use by service a"');
});
