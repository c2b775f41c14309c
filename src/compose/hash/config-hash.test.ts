import { expect, test } from "bun:test";
import type { Service } from "../model/service.ts";
import { networkHash, serviceHash, volumeHash } from "./config-hash.ts";

// Docker Compose 2.40.3 wrote these on a network and volumes of these models.
test("networks and volumes have Docker Compose's hashes", () => {
  expect(networkHash({ name: "config-nethash_default" })).toBe(
    "f1a2a1f2ee7fd87f2f0d43d54a17f39004d879a768a2c2e4d158822f8410a2a5",
  );
  const full = {
    name: "config-nethash_full",
    driver: "bridge",
    internal: true,
    labels: { a: "b" },
    driver_opts: { "com.docker.network.driver.mtu": "1400" },
    ipam: { config: [{ subnet: "10.123.77.0/24", gateway: "10.123.77.1" }] },
  };
  expect(networkHash(full)).toBe("99a330e05f5dbb7b28d83732df47c436c8ad10379e13a7932ce15837993547cf");
  expect(volumeHash({ name: "config-nethash_data" })).toBe(
    "928ad66f8d89c8c458b779a90242f9399300f0a9e517c6c6a56a74266991eb92",
  );
  const options = {
    name: "config-nethash_opts",
    driver: "local",
    driver_opts: { type: "tmpfs", device: "tmpfs", o: "size=1m" },
    labels: { x: "y" },
  };
  expect(volumeHash(options)).toBe("7360352a5051afe7c98f9b3e227b0404d74ff8a9f22e0f919b8a193d4b51d541");
});

const web: Service = { name: "web", image: "busybox", deploy: { endpoint_mode: "vip" } };

test("how many there are, how they are built and whom they wait for is not in a service's hash", () => {
  const other: Service = {
    ...web,
    build: { context: "/x" },
    pull_policy: "always",
    scale: 3,
    profiles: ["p"],
    depends_on: { db: { condition: "service_started", required: true } },
    deploy: { endpoint_mode: "vip", replicas: 3 },
  };
  expect(serviceHash(other)).toBe(serviceHash(web));
  expect(serviceHash({ ...web, hostname: "h" })).not.toBe(serviceHash(web));
});

test("what is built for the platform of the environment has it in its hash", () => {
  const project = { environment: { DOCKER_DEFAULT_PLATFORM: "linux/arm64" } };
  const built: Service = { ...web, build: { context: "/x" } };
  expect(serviceHash(built, project)).toBe(serviceHash({ ...built, platform: "linux/arm64" }));
  expect(serviceHash(web, project)).toBe(serviceHash(web));
});
