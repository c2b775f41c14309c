import { expect, test } from "bun:test";
import { parseListenAddress } from "./listen-address.ts";
import { passedSockets } from "./passed-sockets.ts";
import { Router } from "./router.ts";

const router = new Router(
  ["GET /images/json", "GET /images/{name}/json", "GET /images/{name}", "POST /images/{name}/tag"].map(
    (line) => {
      const [method = "", path = ""] = line.split(" ");
      return { method, path };
    },
  ),
);

test.each([
  ["GET", "/images/json", "/images/json", {}],
  ["GET", "/images/a/b:c/json", "/images/{name}/json", { name: "a/b:c" }],
  ["POST", "/images/a/tag", "/images/{name}/tag", { name: "a" }],
  ["GET", "/images/a.b", "/images/{name}", { name: "a.b" }],
])("%s %s", (method, path, pattern, params) => {
  const match = router.find(method, path);
  expect(match?.route.path).toBe(pattern);
  expect({ ...match?.params }).toEqual(params);
});

test("no route for another method, noun or an empty name", () => {
  expect(router.find("PUT", "/images/json")).toBeUndefined();
  expect(router.find("GET", "/image/json")).toBeUndefined();
  expect(router.find("GET", "/images/")).toBeUndefined();
});

test("addresses as -H takes them", () => {
  expect(parseListenAddress("unix:///x.sock", false)).toEqual({ kind: "unix", path: "/x.sock" });
  expect(parseListenAddress("tcp://:2000", false)).toEqual({ kind: "tcp", host: "127.0.0.1", port: 2000 });
  expect(parseListenAddress("tcp://[::1]", true)).toEqual({ kind: "tcp", host: "::1", port: 2376 });
  expect(parseListenAddress("fd://", false)).toEqual({ kind: "fd", which: "*" });
  expect(() => parseListenAddress("http://x", false)).toThrow('"http://x"');
  expect(() => parseListenAddress("tcp://a:99999", false)).toThrow("invalid port");
});

test("descriptors of systemd are found by number and name, for this process only", () => {
  const env = { LISTEN_PID: "7", LISTEN_FDS: "2", LISTEN_FDNAMES: "a:b" };
  expect(passedSockets("*", env, 7)).toEqual([3, 4]);
  expect(passedSockets("4", env, 7)).toEqual([4]);
  expect(passedSockets("a", env, 7)).toEqual([3]);
  expect(() => passedSockets("*", env, 8)).toThrow("no sockets found");
});
