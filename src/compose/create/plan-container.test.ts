import { describe, expect, test } from "bun:test";
import { projectOf, wishOf } from "../../../tests/fakes/container-wish.ts";
import type { Service } from "../model/service.ts";
import { withApiSocket } from "./api-socket.ts";
import type { ContainerWish } from "./container-body.ts";
import { planContainer } from "./plan-container.ts";

const plan = (service: Omit<Service, "name">, more: Partial<ContainerWish> = {}) =>
  planContainer(wishOf({ name: "web", ...service }, more));

describe("planContainer()", () => {
  test("names and labels a container as Docker Compose does", () => {
    const { name, body } = plan({
      image: "busybox",
      depends_on: { db: { condition: "service_healthy", required: true } },
    });
    expect(name).toBe("shop-web-1");
    expect(body.Labels).toMatchObject({
      "com.docker.compose.project": "shop",
      "com.docker.compose.service": "web",
      "com.docker.compose.container-number": "1",
      "com.docker.compose.config-hash": "hash",
      "com.docker.compose.depends_on": "db:service_healthy:false",
      "com.docker.compose.oneoff": "False",
    });
  });

  test("a container that replaces another has a name of its own until that one is gone", () => {
    const { name, body } = plan({ image: "busybox" }, { replaces: { id: "0123456789abcdef" } });
    expect(name).toBe("0123456789ab_shop-web-1");
    expect(body.Labels?.["com.docker.compose.replace"]).toBe("web-1");
    expect(body.NetworkingConfig?.EndpointsConfig.shop_default?.Aliases).toEqual(["shop-web-1", "web"]);
  });

  test("an older engine takes one network at creation, the others afterwards", () => {
    const networks = { back: null, front: { priority: 10 } };
    const project = projectOf({ networks: { front: { name: "shop_front" }, back: { name: "shop_back" } } });
    const old = plan({ image: "x", networks }, { project, apiVersion: "1.41" });
    expect(Object.keys(old.body.NetworkingConfig?.EndpointsConfig ?? {})).toEqual(["shop_front"]);
    expect(old.connect.map(({ network }) => network)).toEqual(["shop_back"]);
    const newer = plan({ image: "x", networks }, { project, apiVersion: "1.51" });
    expect(Object.keys(newer.body.NetworkingConfig?.EndpointsConfig ?? {})).toEqual([
      "shop_front",
      "shop_back",
    ]);
    expect(newer.connect).toEqual([]);
  });

  test("names lead past those that cannot serve, unless the service says otherwise", () => {
    const gate = (labels: Record<string, string>) =>
      plan({ image: "x", labels }).body.Labels?.["hull.health-gate"];
    expect([gate({}), gate({ "hull.health-gate": "false" })]).toEqual(["true", "false"]);
  });

  test("volumes of the container that is replaced go on where they are still wanted", () => {
    const inherited = new Map([
      ["/declared", "v1"],
      ["/anonymous", "v2"],
      ["/gone", "v3"],
    ]);
    const volumes = [{ type: "volume", target: "/anonymous", volume: {} }];
    const image = { id: "sha256:1", volumes: ["/declared"] };
    expect(plan({ image: "x", volumes }, { inherited, image }).body.HostConfig.Mounts).toEqual([
      { Type: "volume", Source: "v1", Target: "/declared" },
      { Type: "volume", Source: "v2", Target: "/anonymous" },
    ]);
  });

  test("use_api_socket mounts the socket of this engine", () => {
    const { services, configs } = withApiSocket(
      projectOf({ services: { web: { name: "web", image: "x", use_api_socket: true } } }),
      () => "{}",
    );
    const project = projectOf({ services, configs });
    const made = planContainer(
      wishOf(services.web ?? { name: "web" }, { project, apiSocket: "/run/hull.sock" }),
    );
    expect(made.body.HostConfig.Binds).toEqual(["/run/hull.sock:/var/run/docker.sock:rw"]);
    expect(made.body.Env).toEqual(["DOCKER_CONFIG=/run/secrets/docker"]);
    expect(made.files).toEqual([
      { path: "/run/secrets/docker/config.json", mode: 0o444, uid: 0, gid: 0, content: "{}" },
    ]);
  });

  test("what is left out is told once, not for every replica", () => {
    const service = { image: "x", deploy: { placement: {}, replicas: 2 } };
    expect(plan(service).warnings).toEqual(["services.web.deploy: placement: for clusters only, left out"]);
    expect(plan(service, { number: 2 }).warnings).toEqual([]);
  });

  test("what no container can be is refused in a sentence", () => {
    expect(() => plan({ image: "x", credential_spec: { file: "a" } })).toThrow("credential_spec");
    expect(() => plan({ image: "x", models: { llm: null } })).toThrow("runs no models");
    expect(() => plan({ provider: { type: "awesomecloud" } })).toThrow("has no container");
    expect(() => plan({ image: "x", network_mode: "service:db" })).toThrow(
      "cannot share network namespace with service db: container missing",
    );
  });
});
