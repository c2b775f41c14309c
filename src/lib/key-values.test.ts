import { expect, test } from "bun:test";
import { csvFields, parseKeyValues } from "./key-values.ts";

test("csvFields() keeps commas and doubled quotes inside of quotes", () => {
  expect(csvFields('a,"b,c",,"d ""e"""')).toEqual(["a", "b,c", "", 'd "e"']);
  expect(() => csvFields('"a')).toThrow("a quote is not closed");
  expect(() => csvFields('"a"b')).toThrow("a comma is missing");
});

test("parseKeyValues() reads pairs, values may hold anything", () => {
  expect([...parseKeyValues('Type=local,"dest=a,b",x=1=2,empty=')]).toEqual([
    ["type", "local"],
    ["dest", "a,b"],
    ["x", "1=2"],
    ["empty", ""],
  ]);
  expect(() => parseKeyValues("local")).toThrow('invalid field "local": must be a key=value pair');
});
