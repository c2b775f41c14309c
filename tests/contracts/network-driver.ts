import { describe, expect, test } from "bun:test";
import type { BridgeNetworking } from "../../src/network/networking.ts";
import type { NetworkRecord } from "../../src/records/network-record.ts";
import type { NetworkTable } from "../../src/records/records.ts";

export interface DriverSetting extends AsyncDisposable {
  /** With `init` done. */
  readonly net: BridgeNetworking;
  readonly table: NetworkTable;
  /** Names of the interfaces on the host that belong to containers, once things have settled. */
  containerLinks(): Promise<string[]>;
}

/** What a driver that connects containers has to keep, on the default bridge and on a network of its own. */
export function networkDriverContract(name: string, make: () => Promise<DriverSetting>): void {
  const defaultBridge = async ({ table }: DriverSetting) => named(table, "bridge");
  const ownNetwork = async ({ net, table }: DriverSetting) => {
    const network: NetworkRecord = {
      ...named(table, "bridge"),
      id: "c0".repeat(32),
      name: "own",
      options: {},
      ipam: {
        driver: "default",
        options: {},
        pools: net.planPools([{ subnet: "10.216.0.0/29" }], [4], "bridge"),
      },
    };
    await net.driver(network).create(network);
    table.insert(network);
    return network;
  };

  for (const [kind, network] of [
    ["the default bridge", defaultBridge],
    ["a network of its own", ownNetwork],
  ] as const) {
    describe(`${name} keeps the contract of a network driver on ${kind}`, () => {
      test("attach() writes the address down; detach() gives it back and may be repeated", async () => {
        await using setting = await make();
        const on = await network(setting);
        const driver = setting.net.driver(on);
        const sandbox = await setting.net.createSandbox("one");
        const endpoint = await driver.attach(on, sandbox, {});
        expect(endpoint).toMatchObject({ networkId: on.id, containerId: "one", interfaceName: "eth0" });
        expect(setting.table.addresses(on.id)).toEqual([
          { networkId: on.id, address: endpoint.ipAddress, containerId: "one" },
        ]);
        expect((await setting.containerLinks()).length).toBe(1);
        await setting.net.removeSandbox("one");
        await driver.detach(on, endpoint);
        await driver.detach(on, endpoint);
        expect(setting.table.addresses(on.id)).toEqual([]);
        expect(await setting.containerLinks()).toEqual([]);
      });

      test("detach() from a living sandbox takes the interface away before it returns", async () => {
        await using setting = await make();
        const on = await network(setting);
        const sandbox = await setting.net.createSandbox("one");
        const endpoint = await setting.net.driver(on).attach(on, sandbox, {});
        await setting.net.driver(on).detach(on, endpoint);
        expect(await setting.containerLinks()).toEqual([]);
        const again = await setting.net.driver(on).attach(on, sandbox, {});
        expect(again.ipAddress).toBe(endpoint.ipAddress);
      });

      test("attach() to a sandbox that is not there fails and keeps neither address nor interface", async () => {
        await using setting = await make();
        const on = await network(setting);
        const sandbox = await setting.net.createSandbox("one");
        await setting.net.removeSandbox("one");
        const failure = await setting.net
          .driver(on)
          .attach(on, sandbox, {})
          .catch((error) => error);
        expect(failure).toBeInstanceOf(Error);
        expect(setting.table.addresses(on.id)).toEqual([]);
        expect(await setting.containerLinks()).toEqual([]);
      });

      test("reconcile() keeps the endpoints listed, removes the others, and is quiet the second time", async () => {
        await using setting = await make();
        const on = await network(setting);
        const driver = setting.net.driver(on);
        const kept = await driver.attach(on, await setting.net.createSandbox("kept"), {});
        const lost = await driver.attach(on, await setting.net.createSandbox("lost"), {});
        const said = (await driver.reconcile(on, [kept])).join("\n");
        expect(said).toContain(`address ${lost.ipAddress} on network ${on.name} was left over`);
        expect((await setting.containerLinks()).length).toBe(1);
        expect(await driver.reconcile(on, [kept])).toEqual([]);
        expect(setting.table.addresses(on.id).map((record) => record.containerId)).toEqual(["kept"]);
      });
    });
  }

  test(`${name}: a full network says so`, async () => {
    await using setting = await make();
    const on = await ownNetwork(setting);
    const attach = async (id: string) =>
      setting.net.driver(on).attach(on, await setting.net.createSandbox(id), {});
    for (let id = 2; id <= 6; id++) expect((await attach(`c${id}`)).ipAddress).toBe(`10.216.0.${id}`);
    const failure = await attach("c7").catch((error) => error);
    expect(failure.message).toContain("no available IPv4 addresses");
  });
}

function named(table: NetworkTable, name: string): NetworkRecord {
  const record = table.list().find((network) => network.name === name);
  if (!record) throw new Error(`no network ${name}`);
  return record;
}
