import { expect, test } from "bun:test";
import type { Service } from "../model/service.ts";
import { type OneOffWish, oneOffService } from "./one-off-service.ts";

const nothing: OneOffWish = {
  ...{ name: "", command: [], entrypoint: undefined, environment: {}, labels: {}, user: "", workdir: "" },
  ...{ capAdd: [], capDrop: [], volumes: [], publish: [], servicePorts: false, tty: false },
  interactive: true,
};

const web: Service = {
  name: "web",
  image: "busybox",
  container_name: "the-web",
  restart: "always",
  command: ["httpd"],
  ports: [{ target: 80, published: "8080" }],
  deploy: { replicas: 3, restart_policy: { condition: "any" } },
  environment: { A: "1", B: "2" },
  cap_add: ["NET_ADMIN"],
  cap_drop: ["MKNOD"],
};

const made = (wish: Partial<OneOffWish>) => oneOffService(web, { ...nothing, ...wish }, "/here");

test("it has no ports, no fixed name and no restarts; the rest is the service's", () => {
  expect(made({})).toEqual({
    name: "web",
    image: "busybox",
    command: ["httpd"],
    deploy: { replicas: 3 },
    environment: { A: "1", B: "2" },
    cap_add: ["NET_ADMIN"],
    cap_drop: ["MKNOD"],
    labels: {},
    scale: 1,
    tty: false,
    stdin_open: true,
  });
});

test("ports are the service's with --service-ports, or those of --publish", () => {
  expect(made({ servicePorts: true }).ports).toEqual([{ target: 80, published: "8080" }]);
  expect(made({ publish: ["127.0.0.1:81:80"] }).ports).toEqual([
    { mode: "ingress", host_ip: "127.0.0.1", target: 80, published: "81", protocol: "tcp" },
  ]);
});

test("an entrypoint takes the service's command away; a command of its own stands behind it", () => {
  expect(made({ entrypoint: ["sh", "-c"] })).toMatchObject({ entrypoint: ["sh", "-c"], command: [] });
  expect(made({ entrypoint: ["sh"], command: ["-x"] })).toMatchObject({
    entrypoint: ["sh"],
    command: ["-x"],
  });
  expect(made({ command: ["true"] })).toMatchObject({ command: ["true"] });
});

test("variables replace those of the service; one that is not set anywhere changes nothing", () => {
  expect(made({ environment: { A: "x", C: "", B: null } }).environment).toEqual({ A: "x", B: "2", C: "" });
});

test("a capability is either added or dropped", () => {
  expect(made({ capAdd: ["MKNOD"], capDrop: ["NET_ADMIN"] })).toMatchObject({
    cap_add: ["MKNOD"],
    cap_drop: ["NET_ADMIN"],
  });
});

test("volumes join those of the service; a relative path stands on where the command was given", () => {
  expect(made({ volumes: ["./x:/y:ro", "data:/z"] }).volumes).toEqual([
    { type: "bind", source: "/here/x", target: "/y", read_only: true, bind: { create_host_path: true } },
    { type: "volume", source: "data", target: "/z", volume: {} },
  ]);
});
