import { expect, test } from "bun:test";
import type { Project } from "../../../compose/model/project.ts";
import { openAddresses, openLine } from "./open-addresses.ts";

const container = (
  service: string,
  ...ports: readonly [ip: string, from: number, to: number, type?: string][]
) => ({
  Labels: { "com.docker.compose.service": service },
  Ports: ports.map(([IP, PublicPort, PrivatePort, Type = "tcp"]) => ({ IP, PublicPort, PrivatePort, Type })),
});

const addresses = (containers: readonly ReturnType<typeof container>[], services = {}, host = "localhost") =>
  openAddresses({ services } as unknown as Project, containers as never, host).map(({ address }) => address);

test("every published port once, by number, as it is opened", () => {
  expect(
    addresses([
      container("web", ["0.0.0.0", 8080, 80], ["::", 8080, 80], ["0.0.0.0", 443, 8443]),
      container("web", ["0.0.0.0", 8080, 80]),
      container("db", ["127.0.0.1", 15432, 5432], ["0.0.0.0", 53, 53, "udp"]),
      container("lan", ["192.0.2.7", 80, 80]),
    ]),
  ).toEqual(["http://192.0.2.7", "https://localhost", "http://localhost:8080", "localhost:15432"]);
});

test("the file may say what is spoken; the engine may be elsewhere", () => {
  const services = {
    api: {
      ports: [
        { target: 9000, app_protocol: "https" },
        { target: 9001, app_protocol: "grpc" },
      ],
    },
  };
  const containers = [container("api", ["0.0.0.0", 9000, 9000], ["0.0.0.0", 9001, 9001])];
  expect(addresses(containers, services, "build.example")).toEqual([
    "https://build.example:9000",
    "build.example:9001",
  ]);
});

test("what is not published is not told", () => {
  expect(openLine([])).toBeUndefined();
  expect(openLine([{ address: "http://localhost:80", service: "web", port: 80 }])).toBe(
    "Open: http://localhost:80 (web)",
  );
});
