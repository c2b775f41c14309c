import { expect, test } from "bun:test";
import { compactJson, indentedJson } from "./go-json.ts";
import { Float, type GoValue } from "./go-value.ts";
import { compareBytes, compareYamlKeys } from "./key-order.ts";

test("characters that could end a script are escaped, as Go does", () => {
  expect(compactJson('<a & "b">\u2028\n\u0001')).toBe('"\\u003ca \\u0026 \\"b\\"\\u003e\\u2028\\n\\u0001"');
});

test("floats have an exponent from 1e21 on and below 1e-6, without a leading zero", () => {
  const floats = [1e6, 1e21, 1e-7, 0.1].map((value) => new Float(value, 64));
  expect(compactJson([...floats, new Float(0.1, 32)])).toBe("[1000000,1e+21,1e-7,0.1,0.1]");
});

test("empty maps and lists stay in one line when indented", () => {
  const value = new Map<string, GoValue>([
    ["a", []],
    ["b", new Map()],
    ["c", [1, null]],
  ]);
  expect(indentedJson(value)).toBe('{\n  "a": [],\n  "b": {},\n  "c": [\n    1,\n    null\n  ]\n}');
});

test("keys of YAML are sorted as people sort, those of JSON by bytes", () => {
  const keys = ["web10", "web2", "Web", "web-1", "web_1", "1", "10", "2", "a.b", "ab"];
  expect([...keys].sort(compareYamlKeys)).toEqual([
    "1",
    "2",
    "10",
    "Web",
    "a.b",
    "ab",
    "web-1",
    "web_1",
    "web2",
    "web10",
  ]);
  expect([...keys].sort(compareBytes)).toEqual([
    "1",
    "10",
    "2",
    "Web",
    "a.b",
    "ab",
    "web-1",
    "web10",
    "web2",
    "web_1",
  ]);
});
