import { expect, test } from "bun:test";
import { linkEnvironment, parseLink } from "./links.ts";

test("parseLink knows the three ways links are written", () => {
  expect(parseLink("db")).toEqual({ container: "db", alias: "db" });
  expect(parseLink("db:data")).toEqual({ container: "db", alias: "data" });
  expect(parseLink("/db:/web/data")).toEqual({ container: "db", alias: "data" });
  expect(() => parseLink("")).toThrow("empty string specified for links");
  for (const text of ["a:b:c", ":b", "a:"])
    expect(() => parseLink(text)).toThrow(`bad format for links: ${text}`);
});

test("linkEnvironment has every port, the runs of ports, the name and the environment", () => {
  const env = linkEnvironment({
    alias: "my-db",
    parentName: "web",
    ipAddress: "172.17.0.2",
    env: ["PASSWORD=a=b", "PATH=/bin", "HOME=/root", "BARE"],
    exposedPorts: { "53/udp": {}, "81/tcp": {}, "80/tcp": {} },
  });
  expect(env).toEqual([
    "MY_DB_PORT=tcp://172.17.0.2:80",
    "MY_DB_PORT_80_TCP=tcp://172.17.0.2:80",
    "MY_DB_PORT_80_TCP_ADDR=172.17.0.2",
    "MY_DB_PORT_80_TCP_PORT=80",
    "MY_DB_PORT_80_TCP_PROTO=tcp",
    "MY_DB_PORT_81_TCP=tcp://172.17.0.2:81",
    "MY_DB_PORT_81_TCP_ADDR=172.17.0.2",
    "MY_DB_PORT_81_TCP_PORT=81",
    "MY_DB_PORT_81_TCP_PROTO=tcp",
    "MY_DB_PORT_53_UDP=udp://172.17.0.2:53",
    "MY_DB_PORT_53_UDP_ADDR=172.17.0.2",
    "MY_DB_PORT_53_UDP_PORT=53",
    "MY_DB_PORT_53_UDP_PROTO=udp",
    "MY_DB_PORT_80_TCP_START=tcp://172.17.0.2:80",
    "MY_DB_PORT_80_TCP_PORT_START=80",
    "MY_DB_PORT_80_TCP_END=tcp://172.17.0.2:81",
    "MY_DB_PORT_80_TCP_PORT_END=81",
    "MY_DB_NAME=/web/my-db",
    "MY_DB_ENV_PASSWORD=a=b",
  ]);
});

test("linkEnvironment of a container without ports is its name", () => {
  const link = { alias: "db", parentName: "web", ipAddress: "10.0.0.2", env: [], exposedPorts: undefined };
  expect(linkEnvironment(link)).toEqual(["DB_NAME=/web/db"]);
});
