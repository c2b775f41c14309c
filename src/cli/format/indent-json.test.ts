import { expect, test } from "bun:test";
import { indentJson } from "./indent-json.ts";

test("indentJson() breaks lines and leaves values alone", () => {
  const text = '[{"a":1.50,"b":[],"c":{},"d":["x,{}:\\"\\u003c", null ,true],"e":12345678901234567890}]';
  expect(indentJson(text)).toBe(`[
    {
        "a": 1.50,
        "b": [],
        "c": {},
        "d": [
            "x,{}:\\"\\u003c",
            null,
            true
        ],
        "e": 12345678901234567890
    }
]`);
});
