import { afterAll, beforeAll } from "bun:test";
import { networkDriverContract } from "../contracts/network-driver.ts";
import { NetworkBench, run } from "./network-bench.ts";
import { enterOwnHost } from "./network-own-host.ts";

let leave = () => {};
beforeAll(() => {
  leave = enterOwnHost();
});
afterAll(() => leave());

networkDriverContract("BridgeDriver on this kernel", async () => {
  const bench = new NetworkBench();
  await bench.net.init();
  const names = async () =>
    (await run("ip -br link show type veth")).split("\n").filter((line) => line !== "");
  return {
    net: bench.net,
    table: bench.table,
    containerLinks: async () => {
      // The kernel takes links of a dropped namespace away a moment later.
      const spaces = (await run(`ls ${bench.execRoot}/netns | wc -l`)) === "0";
      const deadline = Date.now() + 3000;
      let links = await names();
      while (spaces && links.length > 0 && Date.now() < deadline) links = await names();
      return links;
    },
    [Symbol.asyncDispose]: () => bench.close(),
  };
});
