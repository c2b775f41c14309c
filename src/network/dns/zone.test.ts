import { describe, expect, test } from "bun:test";
import { bytesAddress } from "../../lib/ip.ts";
import type { NamedEndpoint, ResolvedContainer } from "../names.ts";
import { recordType } from "./message.ts";
import { addressOfReverse } from "./reverse.ts";
import { Zone } from "./zone.ts";

const on = (network: string, address: string, ...names: string[]): NamedEndpoint => ({
  networkId: `id-of-${network}`,
  networkName: network,
  addresses: address.split(" "),
  names,
});

const container = (
  containerId: string,
  endpoints: NamedEndpoint[],
  more: Partial<ResolvedContainer> = {},
): ResolvedContainer => ({
  containerId,
  sandboxPath: `/ns/${containerId}`,
  endFile: "/never",
  endpoints,
  ownNames: {},
  hostAddresses: ["10.1.0.1"],
  asksOutside: true,
  servers: [],
  searchFirst: false,
  ...more,
});

function zoneOf(...containers: ResolvedContainer[]) {
  const zone = new Zone();
  for (const one of containers) zone.put(one);
  const find = (asker: string, name: string, type: number = recordType.A) => {
    const found = zone.find(zone.get(asker) ?? container("nobody", []), name, type);
    return found?.map(({ data }) => bytesAddress(Buffer.from(data)) || Buffer.from(data).toString("latin1"));
  };
  return { zone, find };
}

describe("Zone", () => {
  const web = container("web", [on("red", "10.1.0.2 fd00::2", "web", "service", "aaaa")]);
  const db = container("db", [on("red", "10.1.0.3", "db", "service"), on("blue", "10.2.0.3", "db")]);
  const far = container("far", [on("blue", "10.2.0.4", "far")]);

  test("a name leads past those that stand back, unless all who have it do", () => {
    const away = { ...db, standsBack: true as const };
    const { zone, find } = zoneOf(web, away, far);
    expect(find("far", "service")).toBeUndefined();
    expect(find("web", "service")).toEqual(["10.1.0.2"]);
    expect(find("web", "service.red")).toEqual(["10.1.0.2"]);
    expect(find("web", "db")).toEqual(["10.1.0.3"]);
    zone.put({ ...web, standsBack: true });
    expect(find("web", "service")).toEqual(["10.1.0.3", "10.1.0.2"]);
    zone.put(db);
    expect(find("web", "service")).toEqual(["10.1.0.3"]);
  });

  test("knows names of each family, and that there are none of another", () => {
    const { find } = zoneOf(web, db, far);
    expect(find("db", "web")).toEqual(["10.1.0.2"]);
    expect(find("db", "web", recordType.AAAA)).toEqual(["fd00::2"]);
    expect(find("web", "db", recordType.AAAA)).toEqual([]);
    expect(find("web", "db", recordType.MX)).toEqual([]);
    expect(find("web", "nobody")).toBeUndefined();
  });

  test("knows an asker's networks only, the first of them first", () => {
    const { find } = zoneOf(web, db, far);
    expect(find("web", "far")).toBeUndefined();
    expect(find("far", "web")).toBeUndefined();
    expect(find("db", "db")).toEqual(["10.1.0.3"]);
    expect(find("db", "db.blue")).toEqual(["10.2.0.3"]);
    expect(find("far", "db.red")).toBeUndefined();
  });

  test("knows all that share an alias", () => {
    const { zone, find } = zoneOf(web, db);
    expect(find("web", "service")).toEqual(["10.1.0.2", "10.1.0.3"]);
    zone.remove("web");
    expect(find("db", "service")).toEqual(["10.1.0.3"]);
    expect(find("db", "web")).toBeUndefined();
  });

  test("forgets what a container was called when it is told anew", () => {
    const { zone, find } = zoneOf(web, db);
    zone.put(container("web", [on("red", "10.1.0.9", "renamed")]));
    expect(find("db", "web")).toBeUndefined();
    expect(find("db", "RENAMED".toLowerCase())).toEqual(["10.1.0.9"]);
    expect(find("db", "2.0.1.10.in-addr.arpa", recordType.PTR)).toBeUndefined();
  });

  test("finds names of addresses, of both families, on the asker's networks", () => {
    const { find } = zoneOf(web, db, far);
    expect(find("db", "2.0.1.10.in-addr.arpa", recordType.PTR)).toEqual(["\x03web\x03red\0"]);
    const six = `2.${"0.".repeat(27)}0.0.d.f.ip6.arpa`;
    expect(find("db", six, recordType.PTR)).toEqual(["\x03web\x03red\0"]);
    expect(find("far", "2.0.1.10.in-addr.arpa", recordType.PTR)).toBeUndefined();
    expect(find("far", "1.0.1.10.in-addr.arpa", recordType.PTR)).toEqual([
      "\x04host\x06docker\x08internal\0",
    ]);
  });

  test("has names of an asker's own, which win; a link to nothing is known to be nothing", () => {
    const asker = container("asker", [on("red", "10.1.0.4", "asker")], {
      ownNames: { mydb: ["1234567890ab", "db"], web: ["db"], lost: ["gone"] },
    });
    const { find } = zoneOf(web, db, asker);
    expect(find("asker", "mydb")).toEqual(["10.1.0.3"]);
    expect(find("asker", "web")).toEqual(["10.1.0.3"]);
    expect(find("asker", "lost")).toEqual([]);
    expect(find("web", "mydb")).toBeUndefined();
    expect(find("asker", "constructor")).toBeUndefined();
  });

  test("knows the host by name, also that there is no way to it", () => {
    const cut = container("cut", [on("red", "10.1.0.5", "cut")], { hostAddresses: [] });
    const { find } = zoneOf(web, cut);
    expect(find("web", "host.docker.internal")).toEqual(["10.1.0.1"]);
    expect(find("web", "gateway.docker.internal", recordType.AAAA)).toEqual([]);
    expect(find("cut", "host.docker.internal")).toEqual([]);
  });
});

test("addressOfReverse reads what is an address and nothing else", () => {
  expect(addressOfReverse("1.2.3.4.in-addr.arpa")).toBe("4.3.2.1");
  for (const name of [
    "1.2.3.in-addr.arpa",
    "1.2.3.256.in-addr.arpa",
    "a.2.3.4.in-addr.arpa",
    "1.2.3.4",
    "0.ip6.arpa",
  ]) {
    expect(addressOfReverse(name)).toBeUndefined();
  }
});
