import { expect, test } from "bun:test";
import { socketAddressOf } from "./socket-address.ts";

const hex = (address: string, port: number) => socketAddressOf({ address, port }).toString("hex");

test("socketAddressOf writes both families as the kernel takes them, with the link of a local address", () => {
  expect(hex("127.0.0.11", 53)).toBe("020000357f00000b0000000000000000");
  expect(hex("fd00::2", 53)).toBe("0a00003500000000fd00000000000000000000000000000200000000");
  expect(hex("fe80::1%7", 53)).toBe("0a00003500000000fe80000000000000000000000000000107000000");
});
