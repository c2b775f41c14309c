import { expect, test } from "bun:test";
import { FakeRegistry } from "../../tests/fakes/fake-registry.ts";
import { searchRepositories, splitTerm } from "./search.ts";

const options = { insecureRegistries: [] };
const signal = new AbortController().signal;

test.each([
  ["busybox", undefined, "busybox"],
  ["library/busybox", undefined, "busybox"],
  ["someone/busybox", undefined, "someone/busybox"],
  ["docker.io/library/x", undefined, "x"],
  ["index.docker.io/x/y", undefined, "x/y"],
  ["localhost/x", "localhost", "x"],
  ["host:5000/library/x", "host:5000", "library/x"],
  ["quay.io/x", "quay.io", "x"],
])("the term %s asks %s for %s", (term, host, words) => {
  expect(splitTerm(term)).toEqual({ host, words });
});

const answer = JSON.stringify({
  num_results: 2,
  results: [
    { name: "busybox", description: "small", star_count: 7, is_official: true, is_automated: true },
    { name: "me/busybox", star_count: 1 },
  ],
});

test("a registry is asked in the form of the first API, plain where it may be", async () => {
  using registry = new FakeRegistry({
    challenge: "",
    registry: ({ path }) => new Response(path === "/v1/search" ? answer : "true"),
  });
  const credentials = { username: "me", password: "secret", identityToken: "" };
  const found = await searchRepositories(`${registry.address}/busy box`, 0, credentials, options, signal);
  expect(found).toEqual([
    { name: "busybox", description: "small", starCount: 7, isOfficial: true },
    { name: "me/busybox", description: "", starCount: 1, isOfficial: false },
  ]);
  expect(registry.asked.at(-1)).toMatchObject({
    path: "/v1/search",
    query: { q: "busy box", n: "25" },
    authorization: `Basic ${btoa("me:secret")}`,
  });
  await searchRepositories(`${registry.address}/x`, 100, undefined, options, signal);
  expect(registry.asked.at(-1)).toMatchObject({ query: { n: "100" }, authorization: null });
});

test.each([
  ["https://x", 0, "invalid repository name: repository name (https://x) should not have a scheme"],
  ["x", 101, "limit 101 is outside the range of [1, 100]"],
  ["x", -1, "limit -1 is outside the range of [1, 100]"],
])("%s with limit %d is refused", async (term, limit, message) => {
  await expect(searchRepositories(term, limit, undefined, options, signal)).rejects.toThrow(message);
});

test.each([
  ["<html>", 200, "error decoding registry search results"],
  ["gone", 503, "Unexpected status code 503"],
])("%s with status %d is no answer", async (text, status, message) => {
  using registry = new FakeRegistry({
    challenge: "",
    registry: ({ path }) => new Response(text, { status: path === "/v1/search" ? status : 200 }),
  });
  const search = searchRepositories(`${registry.address}/x`, 0, undefined, options, signal);
  await expect(search).rejects.toThrow(message);
});
