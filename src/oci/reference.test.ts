import { expect, test } from "bun:test";
import { familiarReference, formatReference, parseReference, withDefaultTag } from "./reference.ts";

const digest = `sha256:${"a".repeat(64)}`;

test.each([
  ["busybox", "docker.io/library/busybox:latest", "busybox:latest"],
  ["a/b", "docker.io/a/b:latest", "a/b:latest"],
  ["library/busybox:1", "docker.io/library/busybox:1", "busybox:1"],
  ["docker.io/busybox", "docker.io/library/busybox:latest", "busybox:latest"],
  ["index.docker.io/a/b:c", "docker.io/a/b:c", "a/b:c"],
  ["localhost/x", "localhost/x:latest", "localhost/x:latest"],
  ["localhost:5000/x:1.0", "localhost:5000/x:1.0", "localhost:5000/x:1.0"],
  ["[::1]:5000/x", "[::1]:5000/x:latest", "[::1]:5000/x:latest"],
  ["Host/x", "Host/x:latest", "Host/x:latest"],
  [`x@${digest}`, `docker.io/library/x@${digest}`, `x@${digest}`],
  [`x:t@${digest}`, `docker.io/library/x:t@${digest}`, `x:t@${digest}`],
  ["a__b/c-d--e.f", "docker.io/a__b/c-d--e.f:latest", "a__b/c-d--e.f:latest"],
])("parseReference %s", (text, whole, familiar) => {
  const reference = withDefaultTag(parseReference(text));
  expect(formatReference(reference)).toBe(whole);
  expect(familiarReference(reference)).toBe(familiar);
  expect(parseReference(whole)).toEqual(reference);
});

test.each([
  ["", "invalid reference format"],
  ["x:", "invalid reference format"],
  [":x", "invalid reference format"],
  ["x@", "invalid reference format"],
  ["x@sha256:12", "invalid reference format"],
  [`x@sha256:${"a".repeat(40)}`, "invalid checksum digest length"],
  ["a//b", "invalid reference format"],
  ["-x", "invalid reference format"],
  ["a___b", "invalid reference format"],
  ["x y", "invalid reference format"],
  ["x\ny", "invalid reference format"],
  ["Foo", "invalid reference format: repository name (library/Foo) must be lowercase"],
  ["a/B:c", "invalid reference format: repository name (a/B) must be lowercase"],
  ["a".repeat(64), `invalid repository name (${"a".repeat(64)}), cannot specify 64-byte hexadecimal strings`],
  ["b".repeat(300), "repository name must not be more than 255 characters"],
  [`x:${"t".repeat(129)}`, "invalid reference format"],
])("parseReference refuses %j", (text, message) => {
  expect(() => parseReference(text)).toThrow(message);
});
