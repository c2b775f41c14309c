import { expect, test } from "bun:test";
import { registryCredentials } from "./registry-credentials.ts";

const header = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

test.each([
  [
    header({ username: "me", password: "ü?>~", serveraddress: "x" }),
    { username: "me", password: "ü?>~", identityToken: "" },
  ],
  [header({ identitytoken: "T" }), { username: "", password: "", identityToken: "T" }],
  [header({ registrytoken: "R" }), { username: "", password: "", identityToken: "", registryToken: "R" }],
  [header({ username: 7 }), undefined],
  [header({}), undefined],
  [header("text"), undefined],
  [header(null), undefined],
  ["not base64 of JSON", undefined],
  ["", undefined],
  [undefined, undefined],
])("X-Registry-Auth %s", (text, credentials) => {
  expect(registryCredentials(text)).toEqual(credentials);
});
