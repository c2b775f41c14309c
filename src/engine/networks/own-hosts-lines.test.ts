import { expect, test } from "bun:test";
import { withAddresses, withoutAddresses } from "./own-hosts-lines.ts";

const file = "127.0.0.1\tlocalhost\n10.0.0.2\tweb\n10.9.9.9\tmine # by hand\n";

test("only the container's own lines come and go", () => {
  const more = withAddresses(file, ["10.0.1.2", "fd00::2"], "web");
  expect(more).toBe(`${file}10.0.1.2\tweb\nfd00::2\tweb\n`);
  expect(withAddresses(more, ["10.0.1.2"], "web").split("10.0.1.2").length).toBe(2);
  expect(withoutAddresses(more, ["10.0.1.2", "fd00::2"], "web")).toBe(file);
  expect(withoutAddresses(file, ["10.9.9.9"], "mine")).toBe(file);
});

test("a file without an end of its last line, and an empty one", () => {
  expect(withAddresses("127.0.0.1\tlocalhost", ["10.0.0.2"], "web")).toBe(
    "127.0.0.1\tlocalhost\n10.0.0.2\tweb\n",
  );
  expect(withAddresses("", ["10.0.0.2"], "web")).toBe("10.0.0.2\tweb\n");
});
