import { expect, test } from "bun:test";
import { parseVolume } from "./volume.ts";

const bind = { create_host_path: true };

test.each([
  ["/data", { type: "volume", target: "/data", volume: {} }],
  ["/d", { type: "volume", target: "/d" }],
  ["data:/data/", { type: "volume", source: "data", target: "/data", volume: {} }],
  ["data:/data:nocopy", { type: "volume", source: "data", target: "/data", volume: { nocopy: true } }],
  ["./a:/b:ro", { type: "bind", source: "./a", target: "/b", read_only: true, bind }],
  ["~/a:/b:z", { type: "bind", source: "~/a", target: "/b", bind: { ...bind, selinux: "z" } }],
  [
    "/a:/b:rw,rshared",
    { type: "bind", source: "/a", target: "/b", bind: { ...bind, propagation: "rshared" } },
  ],
  ["C:\\x:/b", { type: "bind", source: "C:\\x", target: "/b", bind }],
  ["$" + "{A:-/x}:/b", { type: "volume", source: "$" + "{A:-/x}", target: "/b", volume: {} }],
])("the volume %p", (text, volume) => {
  expect(parseVolume(text)).toEqual(volume);
});

test.each([
  ["", "invalid empty volume spec"],
  [":/data", "invalid spec: :/data: empty section between colons"],
  ["/one:/two:ro:/four", "invalid spec: /one:/two:ro:/four: too many colons"],
])("%p is no volume", (text, sentence) => {
  expect(() => parseVolume(text)).toThrow(sentence);
});
