import { createNetworking } from "../../src/network/networking.ts";
import { MemoryNetworkTable } from "../fakes/network-table.ts";

/** An engine's start of one container, to be stopped half-way by a failpoint (`HULL_FAIL`). */
const table = new MemoryNetworkTable();
const net = createNetworking({
  execRoot: process.argv[2] ?? "",
  networks: table,
  bridgeName: "hk0",
  bip: "10.213.0.1/24",
});
await net.init();
const network = table.list().find((one) => one.name === "bridge");
if (!network) throw new Error("no default bridge");
try {
  const sandbox = await net.createSandbox("victim");
  const endpoint = await net.driver(network).attach(network, sandbox, {});
  await net.ports.publish(endpoint, "victim", [
    { containerPort: 80, protocol: "tcp", hostIp: "", hostPortFirst: 18080, hostPortLast: 18080 },
  ]);
  console.log("nothing failed");
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
process.exit(0);
